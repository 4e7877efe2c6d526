"""The first administrator, made from the command line: there is no caller yet who could be asked."""

from __future__ import annotations

from typing import Any

from service.access.passwords import common_passwords, hash_password
from service.access.rules import check_password, check_username, password_form
from service.actor import Actor
from service.context import Context
from service.errors import Refused
from service.identity_numbers import PhoneRefused, parse_phone
from service.text import TextRefused, clean_line

BY_COMMAND_LINE = Actor("system", None, "cli")


async def create_admin(ctx: Context, *, username: str, password: str, phone: str, display_name: str) -> Any:
    """An administrator for the whole country. Raises Refused (password, phone, names), Conflict (name taken)."""
    try:
        phone = parse_phone(phone)
        display_name = clean_line(display_name, 60)
        username = clean_line(username, 40).casefold()
    except (PhoneRefused, TextRefused) as wrong:
        raise Refused(wrong.code) from None
    check_username(username)
    formed = password_form(password)
    async with ctx.uow() as uow:
        check_password(formed, username, common_passwords(), await uow.access.policy())
        row = uow.accounts.new_staff(
            username=username,
            display_name=display_name,
            role="admin",
            regions=(),
            venue_id=None,
            password_hash=await hash_password(formed),
            phone=phone,
        )
        await uow.add(row, by=BY_COMMAND_LINE)
        return row
