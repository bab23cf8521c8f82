"""Joint programmes: what many firms buy, rent or run together.

`lifting` finds the sets that lift one firm, `pooling` the prices by number of firms, `selection` who takes which set;
`programmes` puts them together and holds the shape of the result, `release` what a viewer may be told of it.
"""

from __future__ import annotations

from scoring.joint.lifting import Firm
from scoring.joint.pooling import Tier, pool_of, tiers
from scoring.joint.programmes import JointWish, Progress, check, joint
from scoring.joint.release import About, released
from scoring.route.wish import WishError

__all__ = [
    "About", "Firm", "JointWish", "Progress", "Tier", "WishError", "check", "joint", "pool_of", "released", "tiers",
]  # fmt: skip
