from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TotalMetric")


@_attrs_define
class TotalMetric:
    """
    Attributes:
        metric_type (str | Unset):
        metric_value (float | Unset):
    """

    metric_type: str | Unset = UNSET
    metric_value: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        metric_type = self.metric_type

        metric_value = self.metric_value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if metric_type is not UNSET:
            field_dict["metric_type"] = metric_type
        if metric_value is not UNSET:
            field_dict["metric_value"] = metric_value

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        metric_type = d.pop("metric_type", UNSET)

        metric_value = d.pop("metric_value", UNSET)

        total_metric = cls(
            metric_type=metric_type,
            metric_value=metric_value,
        )

        total_metric.additional_properties = d
        return total_metric

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
