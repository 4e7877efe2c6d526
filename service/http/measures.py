"""Field types of the API that measure: points with the datum that was sent, money in whole fen."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from service.geo import PointRefused, check_point, to_wgs84
from service.http.types import In, Out, count, refusal


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal("number_expected")
    return float(value)


class PointIn(In):
    """A GeoJSON-like point with the datum in which the client measured it."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[Annotated[float, BeforeValidator(_number)], Annotated[float, BeforeValidator(_number)]] = Field(
        description="longitude, latitude"
    )
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"

    @property
    def lon(self) -> float:
        return self.coordinates[0]

    @property
    def lat(self) -> float:
        return self.coordinates[1]

    def wgs84(self) -> tuple[float, float]:
        """Longitude and latitude as stored."""
        point = to_wgs84(self.lon, self.lat, self.datum)
        return point.lon, point.lat


def _inside_china(value: PointIn) -> PointIn:
    try:
        check_point(value.lon, value.lat)
    except PointRefused as wrong:
        raise refusal(wrong.code) from None
    return value


Place = Annotated[PointIn, AfterValidator(_inside_china)]


class PointOut(Out):
    """A point in WGS-84, with the datum that was sent."""

    type: Literal["Point"]
    coordinates: tuple[float, float]
    sent_datum: str


MOST_FEN = 100_000_000  # one million yuan: no odd job pays more for one unit


class MoneyIn(In):
    """An amount of whole fen."""

    amount_fen: count(1, MOST_FEN)  # type: ignore[valid-type]
    currency: Literal["CNY"] = "CNY"


class MoneyOut(Out):
    """An amount of whole fen."""

    amount_fen: int
    currency: Literal["CNY"]


class PaymentRecordOut(Out):
    """How an employer has paid lately, in words; the counts are null while there are too few jobs to speak of."""

    jobs: int | None = Field(description="the last jobs whose pay was due")
    on_time: int | None = Field(description="of these, paid in whole by the due time")
    message: str
