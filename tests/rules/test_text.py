"""Text that may be stored, compared, searched, masked and logged (invariants, section 7.2, INV-46, F12)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text import (
    TextRefused,
    bigrams,
    clean_line,
    clean_paragraph,
    clean_person_name,
    fold,
    fold_digits,
    fold_tight,
    half_width,
    mask_id,
    mask_name,
    mask_phone,
    redact,
)

fast = settings(max_examples=150, derandomize=True, deadline=None)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        ("　　", "text_empty"),
        (" \t\n ", "text_empty"),
        ("\u2800\u2800", "text_empty"),
        ("\u0301", "text_empty"),
        ("x" * 41, "text_too_long"),
        ("x" * 10_000_000, "text_too_long"),
        ("a\0b", "text_nul"),
        ("\0", "text_nul"),
        ("a\nb", "text_control"),
        ("a\tb", "text_control"),
        ("a\rb", "text_control"),
        ("a\u2028b", "text_control"),
        ("\x1b[31mred", "text_control"),
        ("a\x85b", "text_control"),
        ("\u200b" * 10, "text_zero_width"),
        ("押\u200b金", "text_zero_width"),
        ("押\ufeff金", "text_zero_width"),
        ("押\u2060金", "text_zero_width"),
        ("押\u00ad金", "text_zero_width"),
        ("押\u3164金", "text_zero_width"),
        ("洗\u200d碗", "text_zero_width"),
        ("洗\u200c碗", "text_zero_width"),
        ("a\u180eb", "text_zero_width"),
        ("葛\ufe00\ufe01\ufe02", "text_zero_width"),
        ("\ufe0f洗碗", "text_zero_width"),
        ("洗碗\u202e工", "text_bidi"),
        ("\u2066洗碗\u2069", "text_bidi"),
        ("洗碗\u200f工", "text_bidi"),
        ("\ud800", "text_surrogate"),
        ("a\udfffb", "text_surrogate"),
        ("\ue000", "text_private_use"),
        ("张\U000f0000", "text_private_use"),
        ("洗碗\ufffd", "text_broken"),
        ("\ufffe", "text_broken"),
        ("\ufdd0x", "text_broken"),
    ],
)
def test_text_that_may_not_be_stored_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(TextRefused) as refused:
        clean_line(text, 40)
    assert refused.value.code == code
    assert str(refused.value) == code  # never the text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("\uf979", "\u51c9"),
        ("e\u0301", "é"),
        ("  洗碗工　", "洗碗工"),
        ("洗碗工 2 名", "洗碗工 2 名"),
        ("𠮷野家 䶮", "𠮷野家 䶮"),
        ("葛\U000e0101", "葛\U000e0101"),
        (FAMILY, FAMILY),
        ("好评 ❤\ufe0f👍\U0001f3fd", "好评 ❤\ufe0f👍\U0001f3fd"),
        ("བཀྲ་ཤིས་བདེ་ལེགས", "བཀྲ་ཤིས་བདེ་ལེགས"),
        ("ئابدۇرېھىم ئوتكۈر", "ئابدۇرېھىم ئوتكۈر"),
        ("ئا\u200cبى", "ئا\u200cبى"),
        ("ᠮᠣᠩᠭᠣᠯ\u180bᠬ", "ᠮᠣᠩᠭᠣᠯ\u180bᠬ"),
        ("\U00031350\U0002ebf0", "\U00031350\U0002ebf0"),
    ],
)
def test_text_is_stored_whole_in_nfc_without_outer_blanks(text: str, stored: str) -> None:
    assert clean_line(text, 40) == stored


def test_length_counts_code_points_of_what_is_stored() -> None:
    assert clean_line(FAMILY, 7) == FAMILY
    with pytest.raises(TextRefused, match="text_too_long"):
        clean_line(FAMILY, 6)
    assert clean_line("e\u0301" * 10 + "   ", 10) == "é" * 10


def test_a_paragraph_keeps_its_lines_and_turns_tabs_into_blanks() -> None:
    assert clean_paragraph("一\r\n二\r三\t四\n", 40) == "一\n二\n三 四"
    with pytest.raises(TextRefused, match="text_nul"):
        clean_paragraph("一\n\0", 40)
    with pytest.raises(TextRefused, match="text_empty"):
        clean_paragraph("\n\r\n\t", 40)


@fast
@given(st.text(max_size=60))
def test_stored_text_is_nfc_and_is_stored_the_same_again(text: str) -> None:
    try:
        stored = clean_line(text, 60)
    except TextRefused:
        return
    assert unicodedata.is_normalized("NFC", stored)
    assert clean_line(stored, 60) == stored
    assert "\0" not in stored
    stored.encode("utf-8")


@pytest.mark.parametrize("dot", ["·", "•", "・", "．", "‧", "･", "∙", "⋅", ".", " · ", "\u0387"])
def test_every_middle_dot_in_a_minority_name_becomes_one_form(dot: str) -> None:
    assert clean_person_name(f"阿卜杜{dot}热合曼") == "阿卜杜·热合曼"
    assert fold(f"阿卜杜{dot}热合曼") == fold("阿卜杜·热合曼")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张　三", "张三"),
        (" 王 小 明 ", "王小明"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("·买买提", "买买提"),
        ("葛\U000e0101三", "葛\U000e0101三"),
        ("\U00031350", "\U00031350"),
        ("ئابدۇرېھىم", "ئابدۇرېھىم"),
        ("བཀྲ་ཤིས", "བཀྲ་ཤིས"),
    ],
)
def test_a_person_name_is_kept_whole_and_in_one_form(typed: str, stored: str) -> None:
    assert clean_person_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("123", "text_no_letter"),
        ("加微信13800138000", "text_no_name"),
        ("张 138 0013 8000", "text_no_name"),
        ("<b>张三</b>", "text_no_name"),
        ("a@b.cn", "text_no_name"),
        ("··", "text_no_letter"),
        ("张\u200b三", "text_zero_width"),
        ("👨\u200d👩", "text_zero_width"),
        ("张\ue000", "text_private_use"),
        ("\u202e三张", "text_bidi"),
        ("张" * 65, "text_too_long"),
    ],
)
def test_a_name_with_invisible_or_no_letters_is_refused(typed: str, code: str) -> None:
    with pytest.raises(TextRefused, match=code):
        clean_person_name(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１３８", "138"),
        ("Ａ", "a"),
        ("㈠", "(一)"),
        ("①", "1"),
        ("㎡", "m2"),
        ("ﬁ", "fi"),
        ("  洗　　碗 ", "洗 碗"),
        ("Straße", "STRASSE"),
        ("押\u200b金", "押金"),
        ("葛\U000e0101", "葛"),
        ("ئا\u200cبى", "ئابى"),
        ("\uf979", "凉"),
    ],
)
def test_texts_that_look_alike_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_folded_decimal_point_stays_a_point() -> None:
    assert fold("１．５元") == "1.5元"


@pytest.mark.parametrize("evasion", ["押\u200b金", "押 金", "押　金", "押\u2060金"])
def test_tight_folding_sees_through_spaced_fee_words(evasion: str) -> None:
    assert fold_tight(evasion) == "押金"


def test_a_circled_ideograph_folds_to_the_ideograph() -> None:
    assert fold("㊞金") == "印金"


@fast
@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_full_width_is_folded_character_by_character() -> None:
    assert half_width("２５－３０：Ａ，米") == "25-30:A,米"


def test_identifiers_lose_width_blanks_and_hyphens() -> None:
    assert fold_digits(" １１０１０１ 1990-0307–７７１ｘ ") == "1101011990030777" + "1x"


@pytest.mark.parametrize(
    "text", ["١٣٨٠٠١٣٨٠٠٠", "138۰0138000", "138\u200b00138000", "138①", "138\x0000", "一三八", "\u202a138"]
)
def test_digits_of_other_scripts_and_hidden_characters_are_refused_in_identifiers(text: str) -> None:
    with pytest.raises(TextRefused, match="text_not_ascii"):
        fold_digits(text)


def test_an_identifier_of_nothing_or_of_too_much_is_refused() -> None:
    with pytest.raises(TextRefused, match="text_empty"):
        fold_digits(" - ")
    with pytest.raises(TextRefused, match="text_too_long"):
        fold_digits("1" * 5000)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("王小明", "王**"),
        ("欧阳娜娜", "欧**"),
        ("阿卜杜·热合曼", "阿**·**"),
        ("John Smith", "J**·**"),
        ("张", "张*"),
        ("葛\U000e0101三", "葛\U000e0101*"),
        ("བཀྲ་ཤིས", "བཀྲ**"),
        ("", "*"),
    ],
)
def test_a_masked_name_shows_one_letter(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_masked_numbers_show_what_the_checklist_allows() -> None:
    assert mask_phone("+8613812345678") == "138****5678"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("+85291234567") == "******67"
    assert mask_phone("12345") == "******"
    assert mask_id("310101199001010013") == "310***********0013"
    assert mask_id("123456789012345") == "*" * 15


def test_ideographs_are_found_alone_and_in_pairs_and_words_as_words() -> None:
    assert bigrams("月嫂") == ["月", "嫂", "月嫂"]
    assert bigrams("招洗碗工，Ａ岗 Java3") == ["招", "洗", "碗", "工", "招洗", "洗碗", "碗工", "a", "岗", "java3"]
    assert bigrams("ئەلى བཀྲ") == ["ئەلى", "བཀྲ"]
    assert bigrams("，。 ") == []
    assert bigrams("洗碗洗碗") == ["洗", "碗", "洗碗", "碗洗"]


@fast
@given(st.text("洗碗工月嫂保洁", max_size=4), st.text("洗碗工 a，", max_size=6), st.text("洗碗工 a，", max_size=6))
def test_a_query_of_ideographs_is_among_the_bigrams_of_every_text_that_holds_it(
    query: str, before: str, after: str
) -> None:
    assert set(bigrams(query)) <= set(bigrams(before + query + after))


@pytest.mark.parametrize(
    "personal",
    [
        "110101199003077715",
        "33020019900101004X",
        "33020019900101004x",
        "１１０１０１１９９００３０７７７１５",
        "110101 19900307 7715",
        "110101-1990-0307-7715",
        "630100202602310013",
        "١١٠١٠١١٩٩٠٠٣٠٧٧٧١٥",
        "110101900307771",
        "13800138000",
        "+8613800138000",
        "+86 138 0013 8000",
        "008613800138000",
        "86-138-0013-8000",
        "138.0013.8000",
        "１３８００１３８０００",
        "＋８６　１３８００１３８０００",
        "%2B8613800138000",
        "110101199003077715" + "13800138000",
    ],
)
@pytest.mark.parametrize("around", ["{}", "id={}&x=1", "电话{}，", '{{"q": "{}"}}', "/people/{}/x", "tel{}号"])
def test_logs_show_neither_identity_numbers_nor_mobile_numbers(personal: str, around: str) -> None:
    shown = redact(around.format(personal))
    assert "[redacted]" in shown
    assert personal not in shown
    assert sum(ch.isdigit() for ch in shown) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T21:44:58.123456+08:00",
        "0199a8c2-1234-7138-8000-138001380001",
        "took 12345 ms, 20000 rows, port 8000",
        "amount 9999999999",
        "12345678901",
    ],
)
def test_logs_keep_times_identifiers_and_plain_numbers(text: str) -> None:
    assert redact(text) == text
