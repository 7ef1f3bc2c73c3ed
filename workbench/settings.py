"""Settings from the environment (``WORKBENCH_*``); a bad value stops the start with a sentence."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All settings. Paths are made absolute; URLs default to files below ``data``."""

    model_config = SettingsConfigDict(env_prefix="WORKBENCH_")

    port: int = Field(default=8501, ge=1, le=65535)
    host: str = "127.0.0.1"
    data: Path = Path("var")
    database_url: str = ""
    evidence_url: str = ""
    demo: bool = False
    sqlite_synchronous: str = Field(default="FULL", pattern="^(FULL|NORMAL)$")
    session_idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=12, ge=1)
    secure_cookie: bool = False
    lease_minutes: int = Field(default=30, ge=1)
    minimum_view_seconds: float = Field(default=1.0, ge=0)
    target_accepted_days: float = Field(default=1, ge=0, le=60)
    target_under_review_days: float = Field(default=1, ge=0, le=60)
    target_parked_days: float = Field(default=0.5, ge=0, le=60)
    target_returned_days: float = Field(default=3, ge=0, le=60)
    recheck_percent: int = Field(default=10, ge=10, le=100)
    smtp_url: str = ""
    sms_url: str = ""

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.absolute()

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        """``smtps://user:password@host:465?from=desk@example.ir``, or ``smtp://`` with STARTTLS."""
        parts = urlsplit(value)
        options = parse_qs(parts.query)
        is_known = parts.scheme in {"smtp", "smtps"} and options.keys() <= {"from", "tls"}
        if value and not (is_known and parts.hostname and "@" in options.get("from", [""])[0]):
            raise ValueError("it looks like smtps://user:password@host?from=desk@example.ir")
        if parts.username and options.get("tls") == ["off"]:
            raise ValueError("a password is not sent without TLS")
        _ = parts.port
        return value

    @field_validator("sms_url")
    @classmethod
    def _sms(cls, value: str) -> str:
        """``https://sms.example.ir/send?to={mobile}&text={text}``."""
        parts = urlsplit(value)
        is_whole = parts.scheme in {"http", "https"} and parts.hostname
        if value and not (is_whole and "{mobile}" in value and "{text}" in value):
            raise ValueError("it is an address with {mobile} and {text} in it")
        return value

    @property
    def target_days(self) -> dict[str, float]:
        """State → how many working days of work there may be in it."""
        return {
            "accepted": self.target_accepted_days,
            "under_review": self.target_under_review_days,
            "parked": self.target_parked_days,
            "returned": self.target_returned_days,
        }

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data / 'workbench.db'}"

    @property
    def evidence(self) -> str:
        """The fsspec URL of the evidence store."""
        return self.evidence_url or f"file://{self.data / 'evidence'}"


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
