"""What workers let other features do: a hall's sign-in is waiting for work (等活) at the hall too."""

from service.workers.usecases.cards import who_is_meant
from service.workers.usecases.registration import open_profile
from service.workers.usecases.waiting import wait_at_venue

PORTS = {
    "workers.wait_at_venue": wait_at_venue,
    "workers.who_is_meant": who_is_meant,
    "workers.open_profile": open_profile,
}
