//! The frame around every page: which node, why, who, and where else to go.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::words::Moment;
use crate::{Accent, Texts, assets};

/// What the frame shows of the node.
#[derive(Debug, Clone)]
pub struct NodeFace {
    /// The authority's name.
    pub authority: String,
    /// The node's colour.
    pub accent: Accent,
    /// Whether it is a demonstration: then every page says so.
    pub demo: bool,
    /// The time zone in which times are shown.
    pub zone: TimeZone,
}

/// Where in the console a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Checks.
    Check,
    /// Matches that wait.
    Inbox,
    /// Hits and their follow-up.
    Hits,
    /// Alerts.
    Alerts,
    /// Firearms.
    Firearms,
    /// Stores: what lies in them, movements, counts, cases.
    Stores,
    /// Lists.
    Lists,
    /// Partners' nodes.
    Partners,
    /// The log.
    Audit,
    /// Accounts.
    Users,
}

impl Area {
    /// Every area, in the order of the rail.
    pub const ALL: &'static [Self] = &[
        Self::Check,
        Self::Inbox,
        Self::Hits,
        Self::Alerts,
        Self::Firearms,
        Self::Stores,
        Self::Lists,
        Self::Partners,
        Self::Audit,
        Self::Users,
    ];

    /// Where it starts.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Check => "/check",
            Self::Inbox => "/inbox",
            Self::Hits => "/hits",
            Self::Alerts => "/alerts",
            Self::Firearms => "/firearms",
            Self::Stores => "/stores",
            Self::Lists => "/lists",
            Self::Partners => "/partners",
            Self::Audit => "/audit",
            Self::Users => "/users",
        }
    }

    /// The key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Check => "area-check",
            Self::Inbox => "area-inbox",
            Self::Hits => "area-hits",
            Self::Alerts => "area-alerts",
            Self::Firearms => "area-firearms",
            Self::Stores => "area-stores",
            Self::Lists => "area-lists",
            Self::Partners => "area-partners",
            Self::Audit => "area-audit",
            Self::Users => "area-users",
        }
    }

    /// Its drawing: the path of a 20 by 20 icon.
    pub(crate) const fn icon(self) -> &'static str {
        match self {
            Self::Check => "M8.5 3a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM12.5 12.5L17 17",
            Self::Inbox => "M3 11l2-7h10l2 7v5H3zM3 11h4l1 2h4l1-2h4",
            Self::Hits => "M4 17V3h11l-2.5 4L15 11H4",
            Self::Lists => "M3 5h1M7 5h10M3 10h1M7 10h10M3 15h1M7 15h10",
            Self::Alerts => "M4 3h12v14H4zM8 7h4M8 10h4M8 13h2",
            Self::Firearms => "M3 6h13v3h-4l-1 2H8v5H5v-5L3 9z",
            Self::Stores => "M3 8l7-5 7 5v9H3zM6 17v-6h8v6M6 14h8",
            Self::Partners => {
                "M5 7a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM15 7a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM10 17a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM7 5h6M6 7l3 6M14 7l-3 6"
            }
            Self::Audit => "M5 2.5h7l3 3v12H5zM8 9h4M8 12h4",
            Self::Users => {
                "M10 10a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7zM3.5 17c.5-3.5 3-5 6.5-5s6 1.5 6.5 5"
            }
        }
    }
}

/// A line of the rail.
#[derive(Debug, Clone)]
pub struct RailItem {
    /// Where it leads.
    pub area: Area,
    /// How many things wait there.
    pub waiting: Option<u64>,
}

impl RailItem {
    pub(crate) fn is_current(&self, area: &Option<Area>) -> bool {
        *area == Some(self.area)
    }
}

/// Who is signed in, as the frame shows it.
#[derive(Debug, Clone)]
pub struct FrameUser {
    /// The person's name.
    pub name: String,
    /// The role, in words.
    pub role: String,
    /// The token that the sign-out form carries.
    pub csrf: String,
    /// Purpose, in words, and case.
    pub justification: Option<(String, String)>,
    /// The areas that the role may enter.
    pub rail: Vec<RailItem>,
}

/// The frame of one answer.
#[derive(Debug)]
pub struct Frame {
    /// The texts of the request's language.
    pub t: &'static Texts,
    /// The page's title.
    pub title: String,
    /// The node.
    pub node: NodeFace,
    /// Who is signed in; without anybody the page is bare.
    pub user: Option<FrameUser>,
    /// Which area is marked in the rail.
    pub area: Option<Area>,
    /// The page's own path, to come back to.
    pub path: String,
    /// What was just done.
    pub notice: Option<String>,
    now: Timestamp,
}

impl Frame {
    /// A frame without anybody signed in.
    pub fn bare(t: &'static Texts, node: NodeFace, now: Timestamp, title: String) -> Self {
        Self {
            t,
            title,
            node,
            user: None,
            area: None,
            path: "/check".to_owned(),
            notice: None,
            now,
        }
    }

    /// The frame of somebody who is signed in, in an area.
    pub fn of(self, user: FrameUser, area: Option<Area>, path: impl Into<String>) -> Self {
        Self {
            user: Some(user),
            area,
            path: path.into(),
            ..self
        }
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The present day at the node.
    pub fn today(&self) -> Date {
        self.now.to_zoned_datetime(self.node.zone.clone()).date()
    }

    /// An instant as it is shown.
    pub fn moment(&self, at: Timestamp) -> Moment {
        Moment::new(at, &self.node.zone)
    }

    /// An instant to the second.
    pub fn moment_to_the_second(&self, at: Timestamp) -> Moment {
        Moment::to_the_second(at, &self.node.zone)
    }

    /// The token of the session's forms; empty on a bare page.
    pub fn csrf(&self) -> &str {
        self.user.as_ref().map_or("", |user| &user.csrf)
    }

    pub(crate) fn assets(&self) -> &'static str {
        assets::base()
    }

    pub(crate) fn clock_iso(&self) -> String {
        self.moment(self.now).iso
    }

    pub(crate) fn clock_text(&self) -> String {
        let local = self.now.to_zoned_datetime(self.node.zone.clone());
        local.strftime("%H:%M").to_string()
    }

    /// How far the node's zone is from UTC, for the script that lets the clock go on.
    pub(crate) fn clock_shift_s(&self) -> i32 {
        self.node.zone.to_offset(self.now).seconds()
    }

    pub(crate) fn justify_href(&self) -> String {
        format!("/justification?next={}", encode(&self.path))
    }
}

/// A value as it stands in a query string.
pub fn encode(value: &str) -> String {
    let pairs = [("v", value)];
    let text = serde_urlencoded::to_string(pairs).unwrap_or_default();
    text.trim_start_matches("v=").to_owned()
}
