from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AnalyticsMetrics")


@_attrs_define
class AnalyticsMetrics:
    """
    Attributes:
        app_install_attempts (int | None | Unset):
        app_opens (int | None | Unset):
        bookmarks (int | None | Unset):
        detail_expands (int | None | Unset):
        email_tweet (int | None | Unset):
        engagements (int | None | Unset):
        follows (int | None | Unset):
        hashtag_clicks (int | None | Unset):
        impressions (int | None | Unset):
        likes (int | None | Unset):
        media_views (int | None | Unset):
        permalink_clicks (int | None | Unset):
        quote_tweets (int | None | Unset):
        replies (int | None | Unset):
        retweets (int | None | Unset):
        shares (int | None | Unset):
        unfollows (int | None | Unset):
        unlikes (int | None | Unset):
        url_clicks (int | None | Unset):
        user_profile_clicks (int | None | Unset):
    """

    app_install_attempts: int | None | Unset = UNSET
    app_opens: int | None | Unset = UNSET
    bookmarks: int | None | Unset = UNSET
    detail_expands: int | None | Unset = UNSET
    email_tweet: int | None | Unset = UNSET
    engagements: int | None | Unset = UNSET
    follows: int | None | Unset = UNSET
    hashtag_clicks: int | None | Unset = UNSET
    impressions: int | None | Unset = UNSET
    likes: int | None | Unset = UNSET
    media_views: int | None | Unset = UNSET
    permalink_clicks: int | None | Unset = UNSET
    quote_tweets: int | None | Unset = UNSET
    replies: int | None | Unset = UNSET
    retweets: int | None | Unset = UNSET
    shares: int | None | Unset = UNSET
    unfollows: int | None | Unset = UNSET
    unlikes: int | None | Unset = UNSET
    url_clicks: int | None | Unset = UNSET
    user_profile_clicks: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        app_install_attempts: int | None | Unset
        if isinstance(self.app_install_attempts, Unset):
            app_install_attempts = UNSET
        else:
            app_install_attempts = self.app_install_attempts

        app_opens: int | None | Unset
        if isinstance(self.app_opens, Unset):
            app_opens = UNSET
        else:
            app_opens = self.app_opens

        bookmarks: int | None | Unset
        if isinstance(self.bookmarks, Unset):
            bookmarks = UNSET
        else:
            bookmarks = self.bookmarks

        detail_expands: int | None | Unset
        if isinstance(self.detail_expands, Unset):
            detail_expands = UNSET
        else:
            detail_expands = self.detail_expands

        email_tweet: int | None | Unset
        if isinstance(self.email_tweet, Unset):
            email_tweet = UNSET
        else:
            email_tweet = self.email_tweet

        engagements: int | None | Unset
        if isinstance(self.engagements, Unset):
            engagements = UNSET
        else:
            engagements = self.engagements

        follows: int | None | Unset
        if isinstance(self.follows, Unset):
            follows = UNSET
        else:
            follows = self.follows

        hashtag_clicks: int | None | Unset
        if isinstance(self.hashtag_clicks, Unset):
            hashtag_clicks = UNSET
        else:
            hashtag_clicks = self.hashtag_clicks

        impressions: int | None | Unset
        if isinstance(self.impressions, Unset):
            impressions = UNSET
        else:
            impressions = self.impressions

        likes: int | None | Unset
        if isinstance(self.likes, Unset):
            likes = UNSET
        else:
            likes = self.likes

        media_views: int | None | Unset
        if isinstance(self.media_views, Unset):
            media_views = UNSET
        else:
            media_views = self.media_views

        permalink_clicks: int | None | Unset
        if isinstance(self.permalink_clicks, Unset):
            permalink_clicks = UNSET
        else:
            permalink_clicks = self.permalink_clicks

        quote_tweets: int | None | Unset
        if isinstance(self.quote_tweets, Unset):
            quote_tweets = UNSET
        else:
            quote_tweets = self.quote_tweets

        replies: int | None | Unset
        if isinstance(self.replies, Unset):
            replies = UNSET
        else:
            replies = self.replies

        retweets: int | None | Unset
        if isinstance(self.retweets, Unset):
            retweets = UNSET
        else:
            retweets = self.retweets

        shares: int | None | Unset
        if isinstance(self.shares, Unset):
            shares = UNSET
        else:
            shares = self.shares

        unfollows: int | None | Unset
        if isinstance(self.unfollows, Unset):
            unfollows = UNSET
        else:
            unfollows = self.unfollows

        unlikes: int | None | Unset
        if isinstance(self.unlikes, Unset):
            unlikes = UNSET
        else:
            unlikes = self.unlikes

        url_clicks: int | None | Unset
        if isinstance(self.url_clicks, Unset):
            url_clicks = UNSET
        else:
            url_clicks = self.url_clicks

        user_profile_clicks: int | None | Unset
        if isinstance(self.user_profile_clicks, Unset):
            user_profile_clicks = UNSET
        else:
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
        d = dict(src_dict)

        def _parse_app_install_attempts(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        app_install_attempts = _parse_app_install_attempts(d.pop("app_install_attempts", UNSET))

        def _parse_app_opens(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        app_opens = _parse_app_opens(d.pop("app_opens", UNSET))

        def _parse_bookmarks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        bookmarks = _parse_bookmarks(d.pop("bookmarks", UNSET))

        def _parse_detail_expands(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        detail_expands = _parse_detail_expands(d.pop("detail_expands", UNSET))

        def _parse_email_tweet(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        email_tweet = _parse_email_tweet(d.pop("email_tweet", UNSET))

        def _parse_engagements(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        engagements = _parse_engagements(d.pop("engagements", UNSET))

        def _parse_follows(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        follows = _parse_follows(d.pop("follows", UNSET))

        def _parse_hashtag_clicks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        hashtag_clicks = _parse_hashtag_clicks(d.pop("hashtag_clicks", UNSET))

        def _parse_impressions(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        impressions = _parse_impressions(d.pop("impressions", UNSET))

        def _parse_likes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        likes = _parse_likes(d.pop("likes", UNSET))

        def _parse_media_views(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        media_views = _parse_media_views(d.pop("media_views", UNSET))

        def _parse_permalink_clicks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        permalink_clicks = _parse_permalink_clicks(d.pop("permalink_clicks", UNSET))

        def _parse_quote_tweets(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        quote_tweets = _parse_quote_tweets(d.pop("quote_tweets", UNSET))

        def _parse_replies(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        replies = _parse_replies(d.pop("replies", UNSET))

        def _parse_retweets(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        retweets = _parse_retweets(d.pop("retweets", UNSET))

        def _parse_shares(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        shares = _parse_shares(d.pop("shares", UNSET))

        def _parse_unfollows(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        unfollows = _parse_unfollows(d.pop("unfollows", UNSET))

        def _parse_unlikes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        unlikes = _parse_unlikes(d.pop("unlikes", UNSET))

        def _parse_url_clicks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        url_clicks = _parse_url_clicks(d.pop("url_clicks", UNSET))

        def _parse_user_profile_clicks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        user_profile_clicks = _parse_user_profile_clicks(d.pop("user_profile_clicks", UNSET))

        analytics_metrics = cls(
            app_install_attempts=app_install_attempts,
            app_opens=app_opens,
            bookmarks=bookmarks,
            detail_expands=detail_expands,
            email_tweet=email_tweet,
            engagements=engagements,
            follows=follows,
            hashtag_clicks=hashtag_clicks,
            impressions=impressions,
            likes=likes,
            media_views=media_views,
            permalink_clicks=permalink_clicks,
            quote_tweets=quote_tweets,
            replies=replies,
            retweets=retweets,
            shares=shares,
            unfollows=unfollows,
            unlikes=unlikes,
            url_clicks=url_clicks,
            user_profile_clicks=user_profile_clicks,
        )

        analytics_metrics.additional_properties = d
        return analytics_metrics

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
