from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.analytics_bucket import AnalyticsBucket


T = TypeVar("T", bound="Analytics")


@_attrs_define
class Analytics:
    """The metrics of one Post.

    Attributes:
        app_install_attempts (int | Unset):
        app_opens (int | Unset):
        bookmarks (int | Unset):
        detail_expands (int | Unset):
        email_tweet (int | Unset):
        engagements (int | Unset):
        follows (int | Unset):
        hashtag_clicks (int | Unset):
        id (str | Unset):
        impressions (int | Unset):
        likes (int | Unset):
        media_views (int | Unset):
        permalink_clicks (int | Unset):
        quote_tweets (int | Unset):
        replies (int | Unset):
        retweets (int | Unset):
        shares (int | Unset):
        timestamp (str | Unset):
        timestamped_metrics (list[AnalyticsBucket] | Unset): The metrics of one Post, one item per time bucket.
        unfollows (int | Unset):
        unlikes (int | Unset):
        url_clicks (int | Unset):
        user_profile_clicks (int | Unset):
    """

    app_install_attempts: int | Unset = UNSET
    app_opens: int | Unset = UNSET
    bookmarks: int | Unset = UNSET
    detail_expands: int | Unset = UNSET
    email_tweet: int | Unset = UNSET
    engagements: int | Unset = UNSET
    follows: int | Unset = UNSET
    hashtag_clicks: int | Unset = UNSET
    id: str | Unset = UNSET
    impressions: int | Unset = UNSET
    likes: int | Unset = UNSET
    media_views: int | Unset = UNSET
    permalink_clicks: int | Unset = UNSET
    quote_tweets: int | Unset = UNSET
    replies: int | Unset = UNSET
    retweets: int | Unset = UNSET
    shares: int | Unset = UNSET
    timestamp: str | Unset = UNSET
    timestamped_metrics: list[AnalyticsBucket] | Unset = UNSET
    unfollows: int | Unset = UNSET
    unlikes: int | Unset = UNSET
    url_clicks: int | Unset = UNSET
    user_profile_clicks: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        app_install_attempts = self.app_install_attempts

        app_opens = self.app_opens

        bookmarks = self.bookmarks

        detail_expands = self.detail_expands

        email_tweet = self.email_tweet

        engagements = self.engagements

        follows = self.follows

        hashtag_clicks = self.hashtag_clicks

        id = self.id

        impressions = self.impressions

        likes = self.likes

        media_views = self.media_views

        permalink_clicks = self.permalink_clicks

        quote_tweets = self.quote_tweets

        replies = self.replies

        retweets = self.retweets

        shares = self.shares

        timestamp = self.timestamp

        timestamped_metrics: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.timestamped_metrics, Unset):
            timestamped_metrics = []
            for componentsschemas_analytics_timestamped_metrics_item_data in self.timestamped_metrics:
                componentsschemas_analytics_timestamped_metrics_item = (
                    componentsschemas_analytics_timestamped_metrics_item_data.to_dict()
                )
                timestamped_metrics.append(componentsschemas_analytics_timestamped_metrics_item)

        unfollows = self.unfollows

        unlikes = self.unlikes

        url_clicks = self.url_clicks

        user_profile_clicks = self.user_profile_clicks

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if app_install_attempts is not UNSET:
            field_dict["app_install_attempts"] = app_install_attempts
        if app_opens is not UNSET:
            field_dict["app_opens"] = app_opens
        if bookmarks is not UNSET:
            field_dict["bookmarks"] = bookmarks
        if detail_expands is not UNSET:
            field_dict["detail_expands"] = detail_expands
        if email_tweet is not UNSET:
            field_dict["email_tweet"] = email_tweet
        if engagements is not UNSET:
            field_dict["engagements"] = engagements
        if follows is not UNSET:
            field_dict["follows"] = follows
        if hashtag_clicks is not UNSET:
            field_dict["hashtag_clicks"] = hashtag_clicks
        if id is not UNSET:
            field_dict["id"] = id
        if impressions is not UNSET:
            field_dict["impressions"] = impressions
        if likes is not UNSET:
            field_dict["likes"] = likes
        if media_views is not UNSET:
            field_dict["media_views"] = media_views
        if permalink_clicks is not UNSET:
            field_dict["permalink_clicks"] = permalink_clicks
        if quote_tweets is not UNSET:
            field_dict["quote_tweets"] = quote_tweets
        if replies is not UNSET:
            field_dict["replies"] = replies
        if retweets is not UNSET:
            field_dict["retweets"] = retweets
        if shares is not UNSET:
            field_dict["shares"] = shares
        if timestamp is not UNSET:
            field_dict["timestamp"] = timestamp
        if timestamped_metrics is not UNSET:
            field_dict["timestamped_metrics"] = timestamped_metrics
        if unfollows is not UNSET:
            field_dict["unfollows"] = unfollows
        if unlikes is not UNSET:
            field_dict["unlikes"] = unlikes
        if url_clicks is not UNSET:
            field_dict["url_clicks"] = url_clicks
        if user_profile_clicks is not UNSET:
            field_dict["user_profile_clicks"] = user_profile_clicks

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.analytics_bucket import AnalyticsBucket  # noqa: PLC0415

        d = dict(src_dict)
        app_install_attempts = d.pop("app_install_attempts", UNSET)

        app_opens = d.pop("app_opens", UNSET)

        bookmarks = d.pop("bookmarks", UNSET)

        detail_expands = d.pop("detail_expands", UNSET)

        email_tweet = d.pop("email_tweet", UNSET)

        engagements = d.pop("engagements", UNSET)

        follows = d.pop("follows", UNSET)

        hashtag_clicks = d.pop("hashtag_clicks", UNSET)

        id = d.pop("id", UNSET)

        impressions = d.pop("impressions", UNSET)

        likes = d.pop("likes", UNSET)

        media_views = d.pop("media_views", UNSET)

        permalink_clicks = d.pop("permalink_clicks", UNSET)

        quote_tweets = d.pop("quote_tweets", UNSET)

        replies = d.pop("replies", UNSET)

        retweets = d.pop("retweets", UNSET)

        shares = d.pop("shares", UNSET)

        timestamp = d.pop("timestamp", UNSET)

        _timestamped_metrics = d.pop("timestamped_metrics", UNSET)
        timestamped_metrics: list[AnalyticsBucket] | Unset = UNSET
        if _timestamped_metrics is not UNSET:
            timestamped_metrics = []
            for componentsschemas_analytics_timestamped_metrics_item_data in _timestamped_metrics:
                componentsschemas_analytics_timestamped_metrics_item = AnalyticsBucket.from_dict(
                    componentsschemas_analytics_timestamped_metrics_item_data
                )

                timestamped_metrics.append(componentsschemas_analytics_timestamped_metrics_item)

        unfollows = d.pop("unfollows", UNSET)

        unlikes = d.pop("unlikes", UNSET)

        url_clicks = d.pop("url_clicks", UNSET)

        user_profile_clicks = d.pop("user_profile_clicks", UNSET)

        analytics = cls(
            app_install_attempts=app_install_attempts,
            app_opens=app_opens,
            bookmarks=bookmarks,
            detail_expands=detail_expands,
            email_tweet=email_tweet,
            engagements=engagements,
            follows=follows,
            hashtag_clicks=hashtag_clicks,
            id=id,
            impressions=impressions,
            likes=likes,
            media_views=media_views,
            permalink_clicks=permalink_clicks,
            quote_tweets=quote_tweets,
            replies=replies,
            retweets=retweets,
            shares=shares,
            timestamp=timestamp,
            timestamped_metrics=timestamped_metrics,
            unfollows=unfollows,
            unlikes=unlikes,
            url_clicks=url_clicks,
            user_profile_clicks=user_profile_clicks,
        )

        analytics.additional_properties = d
        return analytics

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
