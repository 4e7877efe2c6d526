"""cities_of_intakes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
# The city of a district (GB/T 2260); a municipality's districts lie in several ranges.
CITY = (
    "case when left(city_code, 2) in ('11', '12', '31', '50') then left(city_code, 2) || '0100'"
    " else left(city_code, 4) || '00' end"
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("demand_intakes", sa.Column("district_code", sa.String(), nullable=True))
    op.execute(f"update demand_intakes set district_code = city_code, city_code = {CITY} where city_code !~ '00$'")
    op.execute(f"update supply_intakes set city_code = {CITY} where city_code !~ '00$'")
    for table in ("demand_intakes", "supply_intakes"):
        op.create_check_constraint(op.f(f"ck_{table}_city_code"), table, "city_code ~ '00$'")
    op.create_check_constraint(
        op.f("ck_demand_intakes_district_code"), "demand_intakes", "district_code is null or district_code !~ '00$'"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_demand_intakes_district_code"), "demand_intakes")
    for table in ("demand_intakes", "supply_intakes"):
        op.drop_constraint(op.f(f"ck_{table}_city_code"), table)
    op.execute("update demand_intakes set city_code = coalesce(district_code, city_code)")
    op.drop_column("demand_intakes", "district_code")
