"""Settings: the language model that replies, and a teacher's own exercises."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator


class CoachSettings(BaseModel):
    """Replies and exercises."""

    llm_url: str = Field(
        "", description="OpenAI-compatible endpoint, up to `/v1`; empty: the built-in coach answers"
    )
    llm_model: str = Field(
        "", validate_default=True, description="the endpoint's name of the model to ask"
    )
    llm_api_key: SecretStr = Field(
        "", validate_default=True, description="its key; never logged or shown"
    )
    llm_timeout_s: float = Field(20, gt=0, description="a whole reply, retries included")
    llm_first_token_s: float = Field(
        5, gt=0, description="until a reply begins, retries included; else the coach answers"
    )
    llm_max_tokens: int = Field(200, ge=1, description="length of a reply")
    llm_temperature: float = Field(
        0.4, ge=0, le=2, description="how freely the model chooses words"
    )
    llm_retries: int = Field(
        2, ge=0, description="further tries after a failure that may pass, before the first token"
    )
    exercises_dir: str = Field(
        "",
        description="folder of a teacher's own exercises (`*.toml`), beside those of the package",
    )
    scenarios_dir: str = Field(
        "",
        description="folder of a teacher's own scenarios (`*.toml`), beside those of the package",
    )

    @field_validator("llm_model")
    @classmethod
    def _names_a_model(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("llm_url") and not value:
            raise ValueError("the endpoint in TUTOR_LLM_URL needs the name of a model")
        return value
