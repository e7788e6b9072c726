from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.time_series_metric import TimeSeriesMetric
    from ..models.timestamp import Timestamp


T = TypeVar("T", bound="TimeSeriesValue")


@_attrs_define
class TimeSeriesValue:
    """
    Attributes:
        metric_values (list[TimeSeriesMetric] | Unset):
        timestamp (Timestamp | Unset):
    """

    metric_values: list[TimeSeriesMetric] | Unset = UNSET
    timestamp: Timestamp | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        metric_values: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.metric_values, Unset):
            metric_values = []
            for metric_values_item_data in self.metric_values:
                metric_values_item = metric_values_item_data.to_dict()
                metric_values.append(metric_values_item)

        timestamp: dict[str, Any] | Unset = UNSET
        if not isinstance(self.timestamp, Unset):
            timestamp = self.timestamp.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if metric_values is not UNSET:
            field_dict["metric_values"] = metric_values
        if timestamp is not UNSET:
            field_dict["timestamp"] = timestamp

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.time_series_metric import TimeSeriesMetric  # noqa: PLC0415
        from ..models.timestamp import Timestamp  # noqa: PLC0415

        d = dict(src_dict)
        _metric_values = d.pop("metric_values", UNSET)
        metric_values: list[TimeSeriesMetric] | Unset = UNSET
        if _metric_values is not UNSET:
            metric_values = []
            for metric_values_item_data in _metric_values:
                metric_values_item = TimeSeriesMetric.from_dict(metric_values_item_data)

                metric_values.append(metric_values_item)

        _timestamp = d.pop("timestamp", UNSET)
        timestamp: Timestamp | Unset
        if isinstance(_timestamp, Unset):
            timestamp = UNSET
        else:
            timestamp = Timestamp.from_dict(_timestamp)

        time_series_value = cls(
            metric_values=metric_values,
            timestamp=timestamp,
        )

        time_series_value.additional_properties = d
        return time_series_value

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
