"""The ledger extract in words: what labour inspection reads, without codes, points or times of machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.http.html import words
from service.http.html.terms import said_moment, said_on, said_stretch, said_terms
from service.i18n import catalogue, render, said_minutes
from service.i18n.saying import name_of
from service.reference.catalogue import reasons
from service.reference.rules import labelled

MEANS = "pay_means"


def in_words(made: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The document for its page: every line of it a sentence or a label with its words."""
    teller = _Teller(language)
    totals = made["totals"]
    sums = {name: words.yuan(totals[f"{name}_fen"]) for name in ("due", "received", "owed")}
    return {
        "worker_name": made["worker_name"],
        "employers": [each["name"] for each in made["employers"]],
        "made_at": said_moment(made["made_at"], language),
        "sums": teller.say("sums", seats=totals["seats"], hours=said_minutes(totals["minutes"], language), **sums),
        "seats": [teller.seat(seat, made["sentences"].get(seat["id"], [])) for seat in made["seats"]],
        "lendings": [teller.lending(each) for each in made["lendings"]],
        "answers": [teller.answer(each) for each in made["answers"]],
        "hash": made["hash"],
    }


class _Teller:
    def __init__(self, language: str):
        self.language = language

    def say(self, key: str, **facts: Any) -> str:
        return render(f"case.extract.{key}", self.language, **facts)

    def joined(self, *parts: str | None) -> str:
        return " · ".join(part for part in parts if part)

    def state(self, noun: str, state: str) -> str:
        return name_of(f"state.{noun}", state, self.language)

    def moment(self, value: str) -> str:
        return said_moment(value, self.language)

    def reason(self, code: str | None) -> str | None:
        found = next((kind[code] for kind in reasons().values() if code in kind), None) if code else None
        return self.say("reason", reason=labelled(found, str(code), self.language)) if found else None

    def seat(self, seat: Mapping[str, Any], sentences: list[str]) -> dict[str, Any]:
        stretch = said_stretch(seat["starts_at"], seat["ends_at"], self.language)
        cancelled = seat.get("cancelled_by")
        by = self.say("cancelled_by", side=render(f"evidence.side.{cancelled}", self.language)) if cancelled else None
        tier = words.said_code("cancel_tier", seat["cancel_tier"], self.language) if seat.get("cancel_tier") else None
        messages = zip(seat["messages"], sentences, strict=True)
        return {
            "title": seat["title"],
            "when": self.joined(stretch, self.state("engagement", seat["state"]), by, tier),
            "accepted": [
                self.say(f"accepted_{side}", at=self.moment(seat[f"{side}_accepted_at"]))
                for side in ("worker", "employer")
                if seat.get(f"{side}_accepted_at")
            ],
            "version": self.say("terms", version=seat["terms_version"], hash=seat["terms_hash"]),
            "terms": said_terms(seat["terms"], self.language),
            "check_ins": [self.told(each) for each in seat["check_ins"]],
            "hours": [self.hours(each) for each in seat["hours"]],
            "pay": [self.pay(each) for each in seat["pay"]],
            "messages": [self.joined(self.moment(each["at"]), said) for each, said in messages],
        }

    def lending(self, lent: Mapping[str, Any]) -> dict[str, Any]:
        firms = {"number": lent["deal_number"], "lender": lent["lender_name"], "borrower": lent["borrower_name"]}
        span = [said_on(lent[name], self.language) for name in ("first_day", "last_day")]
        pay = {"amount_fen": lent["pay"]["fen"], "unit": lent["pay"]["unit"]}
        return {
            "title": self.say("lent", **firms),
            "lines": [
                self.joined(lent["work"], lent["address"]),
                self.joined(self.say("lent_days", first=span[0], last=span[1]), self.state("lent", lent["state"])),
                self.say("lent_pay", pay=words.said_pay(pay, self.language), day=lent["pay"]["pay_day"]),
                *(self.say("lent_hurt", at=self.moment(each)) for each in lent["injured"]),
                *([self.say("lent_consent", hash=lent["consent_hash"])] if lent["consent_hash"] else []),
            ],
            "days": [self.day(each) for each in lent["days"]],
            "months": [self.month(each) for each in lent["months"]],
            "wages": [self.wage(each) for each in lent["wages"]],
        }

    def day(self, each: Mapping[str, Any]) -> str:
        said = each.get("said_minutes")
        return self.joined(
            said_on(each["day"], self.language),
            render(f"settlement.paper.kind.{each['kind']}", self.language),
            said_minutes(each["minutes"], self.language) if each["minutes"] else None,
            self.state("lent_day", each["state"]),
            self.say("lent_said", minutes=said_minutes(said, self.language)) if said is not None else None,
        )

    def month(self, each: Mapping[str, Any]) -> str:
        minutes = said_minutes(each["minutes"], self.language)
        figures = {"days": each["days"], "minutes": minutes, "wage": words.yuan(each["wage_fen"])}
        return self.say("lent_month", month=each["month"][:7], edition=each["edition"], **figures)

    def wage(self, each: Mapping[str, Any]) -> str:
        received = each["received_fen"]
        return self.joined(
            each["month"][:7],
            self.say("due", due=words.yuan(each["due_fen"]), due_on=said_on(each["due_on"], self.language)),
            self.say("paid", amount=words.yuan(each["paid_fen"])) if each["paid_fen"] else self.say("paid_nothing"),
            self.say("received", amount=words.yuan(received)) if received is not None else self.say("received_nothing"),
            self.state("leg", each["state"]),
        )

    def told(self, each: Mapping[str, Any]) -> str:
        kind = render(f"case.attendance.{each['kind']}", self.language)
        method = name_of("check_in", each["method"], self.language)
        return self.joined(self.moment(each["at"]), kind, method, self.reason(each.get("reason")))

    def hours(self, each: Mapping[str, Any]) -> str:
        pieces, extra = each.get("pieces"), each.get("extra_fen")
        return self.joined(
            said_stretch(each["started_at"], each["finished_at"], self.language),
            self.say("counted", minutes=said_minutes(each["minutes"], self.language)),
            self.say("break", minutes=said_minutes(each["break_minutes"], self.language))
            if each.get("break_minutes")
            else None,
            self.say("pieces", count=pieces) if pieces is not None else None,
            self.say("extra", amount=words.yuan(extra)) if extra else None,
            self.say("agreed_at", at=self.moment(each["agreed_at"]))
            if each.get("agreed_at")
            else self.say("not_agreed", state=self.state("timesheet", each["state"])),
        )

    def pay(self, each: Mapping[str, Any]) -> str:
        return self.joined(
            self.say(f"pay_{each['kind']}"),
            self.say("due", due=words.yuan(each["due_fen"]), due_on=said_on(each["due_on"], self.language)),
            self.money("paid", each),
            self.money("received", each),
            self.state("pay_record", each["state"]),
        )

    def money(self, which: str, each: Mapping[str, Any]) -> str:
        """What one side says: how much, when and how; that it says nothing is said too."""
        amount = each.get(f"{which}_fen")
        if not amount and not each.get(f"{which}_at"):
            return self.say(f"{which}_nothing")
        at, means = each.get(f"{which}_at"), each.get(f"{which}_means")
        notes = [self.moment(at) if at else "", words.said_code(MEANS, means, self.language) if means else ""]
        noted = words.listed([note for note in notes if note], self.language)
        said = self.say(which, amount=words.yuan(amount or 0))
        return render("terms.noted", self.language, said=said, note=noted) if noted else said

    def answer(self, told: Mapping[str, Any]) -> str:
        """A follow-up question with its answer, in words where it has any."""
        names = catalogue(self.language)
        question = f"followup.question.{told['question']}"
        asked = names.get(f"{question}.{told['asked']}") or names[question]
        answer = str(told["answer"])
        own = f"followup.answer.{told['question']}.{answer}"
        said = names.get(own) or names.get(f"followup.answer.{answer}", answer)
        return self.joined(self.moment(told["at"]), told["title"], self.say(f"side.{told['asked']}"), f"{asked} {said}")
