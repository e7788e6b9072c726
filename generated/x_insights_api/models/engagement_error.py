from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="EngagementError")


@_attrs_define
class EngagementError:
    """
    Attributes:
        error (str | Unset):
        tweets (list[str] | Unset):
    """

    error: str | Unset = UNSET
    tweets: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        error = self.error

        tweets: list[str] | Unset = UNSET
        if not isinstance(self.tweets, Unset):
            tweets = self.tweets

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if error is not UNSET:
            field_dict["error"] = error
        if tweets is not UNSET:
            field_dict["tweets"] = tweets

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        error = d.pop("error", UNSET)

        tweets = cast(list[str], d.pop("tweets", UNSET))

        engagement_error = cls(
            error=error,
            tweets=tweets,
        )

        engagement_error.additional_properties = d
        return engagement_error

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
