"""What would help: the changes that turn a pair's refusals, a person's best unlocks, an employer's outlook."""

from matching.whatif.changing import Turn, changed, turn
from matching.whatif.outlook import Gain, Outlook, outlook
from matching.whatif.unlocking import Unlock, unlocks

__all__ = ["Gain", "Outlook", "Turn", "Unlock", "changed", "outlook", "turn", "unlocks"]
