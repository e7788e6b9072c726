from enum import StrEnum


class Metric(StrEnum):
    APP_INSTALL_ATTEMPTS = "AppInstallAttempts"
    APP_OPENS = "AppOpens"
    DETAIL_EXPANDS = "DetailExpands"
    EMAIL_TWEET = "EmailTweet"
    ENGAGEMENTS = "Engagements"
    FOLLOWS = "Follows"
    HASHTAG_CLICKS = "HashtagClicks"
    IMPRESSIONS = "Impressions"
    LIKES = "Likes"
    LINK_CLICKS = "LinkClicks"
    MEDIA_ENGAGEMENTS = "MediaEngagements"
    MEDIA_VIEWS = "MediaViews"
    PERMALINK_CLICKS = "PermalinkClicks"
    PROFILE_VISITS = "ProfileVisits"
    QUOTE_TWEETS = "QuoteTweets"
    REPLIES = "Replies"
    RETWEETS = "Retweets"
    UNIQUE_VIDEO_VIEWS = "UniqueVideoViews"
    URL_CLICKS = "UrlClicks"
    USER_PROFILE_CLICKS = "UserProfileClicks"
    VIDEO_COMPLETIONS = "VideoCompletions"
    VIDEO_PLAYED_25_PERCENT = "VideoPlayed25Percent"
    VIDEO_PLAYED_50_PERCENT = "VideoPlayed50Percent"
    VIDEO_PLAYED_75_PERCENT = "VideoPlayed75Percent"
    VIDEO_STARTS = "VideoStarts"
    VIDEO_VIEWS = "VideoViews"

    def __str__(self) -> str:
        return str(self.value)
