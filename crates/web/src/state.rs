//! What every request needs of the node.

use std::sync::Arc;

use egnatia_app::App;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::Semaphore;

use crate::NodeFace;
use crate::imports::Imports;
use crate::rate::Rate;
use crate::screens::Screens;
use crate::tables::Tables;
use crate::uploads::Uploads;

/// So many windows follow what arrives at a time; the others look again by themselves.
const FOLLOWERS_MAX: usize = 256;

/// The node as the pages and the API see it. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    /// The use cases.
    pub app: App,
    /// Name, colour, time zone; whether it is a demonstration.
    pub node: Arc<NodeFace>,
    /// Whether the node is reached over TLS only: cookies then carry `Secure` and the prefix
    /// `__Host-`, and browsers are told to come back over TLS.
    pub secure_cookies: bool,
    /// The largest upload of a list's files together, in bytes.
    pub upload_bytes_max: usize,
    /// Where the files of an import wait for their confirmation; without it they are asked for again.
    pub uploads: Option<Arc<Uploads>>,
    /// How often somebody had the box read.
    pub(crate) readings: Arc<Rate>,
    /// Files that wait to be screened, and screenings that run.
    pub(crate) screens: Screens,
    /// Tables of alerts that wait to be entered.
    pub(crate) tables: Tables,
    /// Tables of firearms that wait to be registered.
    pub(crate) firearm_tables: Tables,
    /// Imports of firearms that run, and what they came to.
    pub(crate) imports: Imports,
    /// How many windows may follow what arrives at a time.
    pub(crate) followers: Arc<Semaphore>,
}

impl WebState {
    /// The state of a node with uploads of up to 128 MiB.
    pub fn new(app: App, node: NodeFace, secure_cookies: bool) -> Self {
        Self {
            app,
            node: Arc::new(node),
            secure_cookies,
            upload_bytes_max: 128 * 1024 * 1024,
            uploads: None,
            readings: Arc::default(),
            screens: Screens::default(),
            tables: Tables::default(),
            firearm_tables: Tables::default(),
            imports: Imports::default(),
            followers: Arc::new(Semaphore::new(FOLLOWERS_MAX)),
        }
    }

    /// On which day of the node's time zone a moment is.
    pub(crate) fn day_of(&self, moment: Timestamp) -> Date {
        moment.to_zoned_datetime(self.node.zone.clone()).date()
    }
}
