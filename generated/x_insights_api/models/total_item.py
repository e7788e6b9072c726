from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.total_metric import TotalMetric


T = TypeVar("T", bound="TotalItem")


@_attrs_define
class TotalItem:
    """
    Attributes:
        tweet_id (str | Unset): The id of a Post, as text, since it is larger than a double holds exactly.
        value (list[TotalMetric] | Unset):
    """

    tweet_id: str | Unset = UNSET
    value: list[TotalMetric] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tweet_id = self.tweet_id

        value: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.value, Unset):
            value = []
            for value_item_data in self.value:
                value_item = value_item_data.to_dict()
                value.append(value_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if tweet_id is not UNSET:
            field_dict["tweet_id"] = tweet_id
        if value is not UNSET:
            field_dict["value"] = value

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.total_metric import TotalMetric  # noqa: PLC0415

        d = dict(src_dict)
        tweet_id = d.pop("tweet_id", UNSET)

        _value = d.pop("value", UNSET)
        value: list[TotalMetric] | Unset = UNSET
        if _value is not UNSET:
            value = []
            for value_item_data in _value:
                value_item = TotalMetric.from_dict(value_item_data)

                value.append(value_item)

        total_item = cls(
            tweet_id=tweet_id,
            value=value,
        )

        total_item.additional_properties = d
        return total_item

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
