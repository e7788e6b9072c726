from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.engagement_error import EngagementError
    from ..models.measurement import Measurement


T = TypeVar("T", bound="Engagement")


@_attrs_define
class Engagement:
    """Measurements of some of the Posts asked for, and the errors of others.

    Attributes:
        errors (list[EngagementError] | Unset):
        measurement (Measurement | Unset):
    """

    errors: list[EngagementError] | Unset = UNSET
    measurement: Measurement | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        measurement: dict[str, Any] | Unset = UNSET
        if not isinstance(self.measurement, Unset):
            measurement = self.measurement.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if errors is not UNSET:
            field_dict["errors"] = errors
        if measurement is not UNSET:
            field_dict["measurement"] = measurement

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.engagement_error import EngagementError  # noqa: PLC0415
        from ..models.measurement import Measurement  # noqa: PLC0415

        d = dict(src_dict)
        _errors = d.pop("errors", UNSET)
        errors: list[EngagementError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = EngagementError.from_dict(errors_item_data)

                errors.append(errors_item)

        _measurement = d.pop("measurement", UNSET)
        measurement: Measurement | Unset
        if isinstance(_measurement, Unset):
            measurement = UNSET
        else:
            measurement = Measurement.from_dict(_measurement)

        engagement = cls(
            errors=errors,
            measurement=measurement,
        )

        engagement.additional_properties = d
        return engagement

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
