"""Pages as people see them: a phone in the hand, a station's tall screen, large type, strong contrast, no script."""

from __future__ import annotations

import os
from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from service.context import Context
from service.zones.opening import ensure_zones
from tests.builders import city
from tests.builders.balances import a_balance
from tests.builders.contact_requests import a_supply
from tests.builders.fairs import a_booth, a_fair
from tests.live import Live

SCREENS = ((360, 800), (1080, 1920))
PAGES = {
    "front": "/",
    "jobs": "/jobs",
    "place": "/jobs?region=310100",
    "gone": "/jobs/x",
    "zone": "/zone/SH",
    "found": "/zone/SH/all?q=洗碗",
    "fairs": "/fairs",
    "shared": "/zone/SH/shared_labour",
    "shared-board": "/zone/SH/board?column=shared_labour",
    "shared-sheet": "/zone/SH/print",
}
# The heights of everything visible that is pressed, asked for at once: one by one takes half the time of the test.
PRESSED = """
return [...document.querySelectorAll("main a, main button, main input[type=search], .top a")]
  .filter(e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}))
  .map(e => Math.round(e.getBoundingClientRect().height));
"""
WORDS = "后厨洗碗，管一餐。" * 12 + "\n" + "A" * 200
# The contrast of every visible text with the nearest ground under it, as WCAG 2 reckons it.
CONTRAST = """
const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const parts = text => text.match(/[0-9.]+/g).map(Number);
const ground = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
const found = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const e = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !e.getClientRects().length) continue;
  const style = getComputedStyle(e), a = light(parts(style.color)), b = light(ground(e));
  found.push([e.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), parseFloat(style.fontSize)]);
}
return found;
"""


async def a_market(ctx: Context) -> tuple[str, str, str, str]:
    """Some postings, a fair, people whom a firm lacks; the paths of the job, the wish, the fair and the shortage with
    the longest words."""
    employer = await city.an_employer(ctx)
    for n in range(22):
        row = await city.a_posting(ctx, employer, title=f"第{n}号仓库夜班分拣，急招可日结", pay_most_fen=3000)
        await city.a_shift(ctx, row)
    await city.a_posting(ctx, employer, city_code="330200", district_code="330203")
    long = await city.a_posting(
        ctx, employer, title="晚市洗碗" * 8, description=WORDS, certificates=["health_certificate"]
    )
    await city.a_shift(ctx, long)
    await ensure_zones(ctx)
    wish = await a_supply(ctx, await city.a_worker(ctx), title="晚市洗碗" * 8, description=WORDS)
    fair = await a_fair(
        ctx, (await city.an_officer(ctx)).id, title="家政养老护理专场" * 5, description=WORDS, capacity=50
    )
    async with ctx.uow() as uow:
        await a_booth(uow, fair, employer.id, long.id)
    agency = await city.an_employer(ctx, kind="hr_agency", licence_number="沪人社许310104001")
    by, agreed_at = await city.a_member(ctx, employer), await city.now_of(ctx)
    given, asked = ["lodging", "meals", "protective_gear", "transport"], ["night_work", "overtime"]
    said: dict[str, Any] = {"agency_id": agency.id, "agreed_at": agreed_at, "agreed_by": by.person_id}
    said |= {"offers": given, "asks": asked, "pay_fen": 21_050, "least_days": 5, "words": WORDS}
    lacks = await a_balance(ctx, employer, "shortage", **said)
    for _ in range(4):
        await a_balance(ctx, employer, "shortage", **said)
    await a_balance(ctx, employer, needs=["meals", "transport"])
    return f"/jobs/{long.id}", f"/supply/{wish.id}", f"/fairs/{fair.id}", f"/shared_labour/{lacks.id}"


async def test_pages_fit_a_phone_and_a_tall_screen(ctx: Context, live: Live, browser: Any) -> None:
    """Nothing runs off to the side, text is large and stands out, what is pressed is as big as a thumb."""
    path, wish, fair, lacks = await a_market(ctx)
    own = {"job": path, "english": f"{path}?lang=en", "wish": wish, "fair": fair, "lacks": lacks}
    own |= {"lacks-english": f"{lacks}?lang=en"}
    kept = os.environ.get("LINGGONG_SCREENSHOTS")
    for width, height in SCREENS:
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        for name, at in (PAGES | own).items():
            browser.get(live.base + at)
            assert kept is None or browser.save_screenshot(f"{kept}/{name}-{width}.png")
            inner, whole = browser.execute_script(
                "return [document.documentElement.clientWidth, document.documentElement.scrollWidth]"
            )
            assert (inner, whole) == (width, width), (at, width)
            texts = browser.execute_script(CONTRAST)
            assert len(texts) > 5
            assert min(contrast for _, contrast, _ in texts) >= 4.5, (at, texts)
            assert min(size for _, _, size in texts) >= 18, (at, texts)
            assert min(browser.execute_script(PRESSED), default=44) >= 44, at


async def test_pages_ask_nobody_else_and_run_nothing(ctx: Context, live: Live, browser: Any) -> None:
    """Everything that the browser loads comes from this service, and it refuses nothing of it."""
    path, _, _, _ = await a_market(ctx)
    browser.get_log("browser")  # what was said before is over
    browser.get(live.base + path)
    entries = "return performance.getEntriesByType('resource').map(e => e.name)"
    loaded = WebDriverWait(browser, 5).until(lambda seen: seen.execute_script(entries))  # written down after the load
    assert all(each.startswith(live.base + "/site.css") for each in loaded)
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


async def test_the_list_is_walked_by_pressing(ctx: Context, live: Live, browser: Any) -> None:
    """From the front page over the second page to a posting, in the language that was chosen."""
    await a_market(ctx)
    browser.get(live.base + "/?lang=en")
    browser.find_element(By.CSS_SELECTOR, "main a.big").click()
    browser.find_element(By.CSS_SELECTOR, "a[rel=next]").click()
    assert len(browser.find_elements(By.CSS_SELECTOR, ".jobs a")) == 4
    browser.find_elements(By.CSS_SELECTOR, ".jobs a")[-1].click()
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert "yuan an hour" in browser.find_element(By.CSS_SELECTOR, ".pay").text
    assert "第0号仓库" in browser.find_element(By.TAG_NAME, "h1").text
