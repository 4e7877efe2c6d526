"""closed_sets_of_supplies"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
# The city of a district (GB/T 2260); a municipality's districts lie in several ranges.
CITY = (
    "case when left(city_code, 2) in ('11', '12', '31', '50') then left(city_code, 2) || '0100'"
    " else left(city_code, 4) || '00' end"
)
CHECKS = {
    "work_modes": (
        "jsonb_array_length(work_modes) between 1 and 5 and work_modes <@"
        ' cast(\'["on_site", "home_based", "remote", "side_job", "split_time"]\' as jsonb)'
    ),
    "channel": "channel in ('api', 'kiosk', 'sms', 'officer', 'broker')",
    "pay_wish_unit": "pay_wish_unit in ('hour', 'day', 'shift', 'piece', 'order', 'fixed', 'month', 'area')",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_supplies_{name}"), "supplies", check)
    op.execute(f"update brokerages set city_code = {CITY} where city_code !~ '00$'")
    op.create_check_constraint(op.f("ck_brokerages_city_code"), "brokerages", "city_code ~ '00$'")
    # wishes of one person are grouped no longer: their listings are made anew by the timers
    op.execute(
        "insert into due_work (id, kind, subject_id, due_at, created_at) select gen_random_uuid(), 'listings.rebuild',"
        " '00000000-0000-0000-0000-000000000000', now(), now() where exists (select from listings where side = 'supply')"
        " on conflict do nothing"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_brokerages_city_code"), "brokerages")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_supplies_{name}"), "supplies")
