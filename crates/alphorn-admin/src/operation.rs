//! How the server does: its nodes, and how much it keeps.

use alphorn_http::{Json, Result, model::Refusal};
use http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{Api, Call};

pub(crate) fn add(api: Api) -> Api {
    api.on(
        Method::GET,
        "/nodes",
        ("operation.listNodes", "Lists the nodes of the server as this one sees them."),
        nodes,
    )
    .on(Method::GET, "/storage", ("operation.getStorage", "Shows how much this node keeps."), storage)
}

/// What the program knows of itself and of its machine.
pub trait Machine: Send + Sync {
    /// The nodes; a server that is alone is one node.
    fn nodes(&self) -> Vec<Node>;
    /// The disk of the data folder. May block.
    fn disk(&self) -> Disk;
}

/// A node of the server.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Node {
    /// Its number.
    pub node: u32,
    /// Where clients reach it.
    pub url: Option<String>,
    /// Whether it serves clients and can write.
    pub ready: bool,
    /// Whether it is the one that answers.
    pub here: bool,
    /// The last record of the log that it has.
    pub applied: u64,
    /// How many records it lacks of those that another node has.
    pub behind: u64,
    /// The version of its program.
    pub version: String,
    /// How long ago it was heard of, in milliseconds.
    pub heard_ms_ago: u64,
}

/// The disk of the data folder.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    /// The files of the database: log and tables.
    pub database_bytes: u64,
    /// What is free for this program, where that is known.
    pub free_bytes: Option<u64>,
    /// What it holds in all, where that is known.
    pub total_bytes: Option<u64>,
}

/// The nodes of the server.
#[derive(Debug, Serialize, JsonSchema)]
struct Nodes {
    /// All that are known, by number.
    nodes: Vec<Node>,
}

async fn nodes(call: Call) -> Result<Json<Nodes>> {
    let mut nodes = call.around.machine.nodes();
    let most = nodes.iter().map(|node| node.applied).max().unwrap_or(0);
    for node in &mut nodes {
        node.behind = most.saturating_sub(node.applied);
    }
    nodes.sort_by_key(|node| node.node);
    Ok(Json(Nodes { nodes }))
}

/// How much this node keeps.
#[derive(Debug, Serialize, JsonSchema)]
struct Storage {
    /// Records on the log.
    records: u64,
    /// The files of the database, which has the log and the tables made of it.
    database_bytes: u64,
    /// Files that people uploaded.
    media_files: u64,
    /// What they come to.
    media_bytes: u64,
    /// What is free on the disk of the data folder, where that is known.
    free_bytes: Option<u64>,
    /// What that disk holds in all, where that is known.
    total_bytes: Option<u64>,
}

async fn storage(call: Call) -> Result<Json<Storage>> {
    let machine = std::sync::Arc::clone(&call.around.machine);
    let disk = tokio::task::spawn_blocking(move || machine.disk()).await.map_err(|_| Refusal::internal())?;
    let figures = call.app.engine().read(|reader| Ok((reader.applied()?, reader.media_total_of_all()?)));
    let (records, media) = figures.await?;
    Ok(Json(Storage {
        records,
        database_bytes: disk.database_bytes,
        media_files: media.files,
        media_bytes: media.bytes,
        free_bytes: disk.free_bytes,
        total_bytes: disk.total_bytes,
    }))
}
