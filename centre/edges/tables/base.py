"""What all tables share: one naming of keys, one kind of number, and the tenant, without whom there is no row."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String, Table

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only as INTEGER


def tenant_column() -> Column[str]:
    """Whose row it is."""
    return Column("tenant", String(32), ForeignKey("tenants.name"), nullable=False)


tenants = Table("tenants", metadata, Column("name", String(32), primary_key=True))
