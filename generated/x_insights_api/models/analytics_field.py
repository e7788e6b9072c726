from enum import StrEnum


class AnalyticsField(StrEnum):
    APP_INSTALL_ATTEMPTS = "app_install_attempts"
    APP_OPENS = "app_opens"
    BOOKMARKS = "bookmarks"
    DETAIL_EXPANDS = "detail_expands"
    EMAIL_TWEET = "email_tweet"
    ENGAGEMENTS = "engagements"
    FOLLOWS = "follows"
    HASHTAG_CLICKS = "hashtag_clicks"
    ID = "id"
    IMPRESSIONS = "impressions"
    LIKES = "likes"
    MEDIA_VIEWS = "media_views"
    PERMALINK_CLICKS = "permalink_clicks"
    QUOTE_TWEETS = "quote_tweets"
    REPLIES = "replies"
    RETWEETS = "retweets"
    SHARES = "shares"
    TIMESTAMP = "timestamp"
    TIMESTAMPED_METRICS = "timestamped_metrics"
    UNFOLLOWS = "unfollows"
    UNLIKES = "unlikes"
    URL_CLICKS = "url_clicks"
    USER_PROFILE_CLICKS = "user_profile_clicks"

    def __str__(self) -> str:
        return str(self.value)
