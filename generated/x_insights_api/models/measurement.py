from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.time_series_item import TimeSeriesItem
    from ..models.total_item import TotalItem


T = TypeVar("T", bound="Measurement")


@_attrs_define
class Measurement:
    """
    Attributes:
        metrics_time_series (list[TimeSeriesItem] | Unset):
        metrics_total (list[TotalItem] | Unset):
    """

    metrics_time_series: list[TimeSeriesItem] | Unset = UNSET
    metrics_total: list[TotalItem] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        metrics_time_series: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.metrics_time_series, Unset):
            metrics_time_series = []
            for metrics_time_series_item_data in self.metrics_time_series:
                metrics_time_series_item = metrics_time_series_item_data.to_dict()
                metrics_time_series.append(metrics_time_series_item)

        metrics_total: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.metrics_total, Unset):
            metrics_total = []
            for metrics_total_item_data in self.metrics_total:
                metrics_total_item = metrics_total_item_data.to_dict()
                metrics_total.append(metrics_total_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if metrics_time_series is not UNSET:
            field_dict["metrics_time_series"] = metrics_time_series
        if metrics_total is not UNSET:
            field_dict["metrics_total"] = metrics_total

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.time_series_item import TimeSeriesItem  # noqa: PLC0415
        from ..models.total_item import TotalItem  # noqa: PLC0415

        d = dict(src_dict)
        _metrics_time_series = d.pop("metrics_time_series", UNSET)
        metrics_time_series: list[TimeSeriesItem] | Unset = UNSET
        if _metrics_time_series is not UNSET:
            metrics_time_series = []
            for metrics_time_series_item_data in _metrics_time_series:
                metrics_time_series_item = TimeSeriesItem.from_dict(metrics_time_series_item_data)

                metrics_time_series.append(metrics_time_series_item)

        _metrics_total = d.pop("metrics_total", UNSET)
        metrics_total: list[TotalItem] | Unset = UNSET
        if _metrics_total is not UNSET:
            metrics_total = []
            for metrics_total_item_data in _metrics_total:
                metrics_total_item = TotalItem.from_dict(metrics_total_item_data)

                metrics_total.append(metrics_total_item)

        measurement = cls(
            metrics_time_series=metrics_time_series,
            metrics_total=metrics_total,
        )

        measurement.additional_properties = d
        return measurement

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
