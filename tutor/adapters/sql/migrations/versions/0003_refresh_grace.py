"""When a login's refresh token was last traded for the next one."""

import sqlalchemy as sa
from alembic import op

from tutor.adapters.sql.columns import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the time of rotation; it is not known of the logins that there are."""
    op.add_column("logins", sa.Column("rotated_at", Moment(), nullable=True))
