//! The nodes that a user trusts without a second one, each for one cluster.

use std::{fs, io, path::Path};

use generion_client::{
    Existing, StagedFile,
    rpc::{cluster::Cluster, url::NodeUrl},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{files::data_folder::DataFolder, output::failure::Failure};

/// Version of the file.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustedNodes {
    version: u32,
    nodes: Vec<TrustedNode>,
}

/// A node, without the secret parts of its URL.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct TrustedNode {
    genesis: String,
    /// Scheme, host and port, for people.
    url: String,
    /// SHA-256 of the whole URL, which may contain a provider's key.
    address_sha256: String,
}

impl TrustedNode {
    fn new(cluster: Cluster, url: &NodeUrl) -> Self {
        Self {
            genesis: cluster.genesis().to_string(),
            url: url.to_string(),
            address_sha256: hex::encode(Sha256::digest(url.expose_full())),
        }
    }
}

/// Whether the user trusts this node on this cluster without a second one.
pub fn is_trusted(data: &DataFolder, cluster: Cluster, url: &NodeUrl) -> Result<bool, Failure> {
    let wanted = TrustedNode::new(cluster, url);
    Ok(read(&data.trusted_nodes())?.nodes.contains(&wanted))
}

/// Adds a node; false if it was already trusted.
pub fn trust(data: &DataFolder, cluster: Cluster, url: &NodeUrl) -> Result<bool, Failure> {
    let path = data.trusted_nodes();
    let mut known = read(&path)?;
    let node = TrustedNode::new(cluster, url);
    if known.nodes.contains(&node) {
        return Ok(false);
    }
    known.nodes.push(node);
    data.create()?;
    write(&path, &known).map(|()| true)
}

/// Removes a node; false if it was not trusted.
pub fn distrust(data: &DataFolder, cluster: Cluster, url: &NodeUrl) -> Result<bool, Failure> {
    let path = data.trusted_nodes();
    let mut known = read(&path)?;
    let node = TrustedNode::new(cluster, url);
    let count = known.nodes.len();
    known.nodes.retain(|known| *known != node);
    if known.nodes.len() == count {
        return Ok(false);
    }
    write(&path, &known).map(|()| true)
}

fn read(path: &Path) -> Result<TrustedNodes, Failure> {
    let failed = |reason: &dyn std::fmt::Display| {
        Failure::new(
            format!(
                "can't read the trusted nodes in {}: {reason}",
                path.display()
            ),
            "Repair the file, or delete it to trust no node alone.",
        )
    };
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(TrustedNodes {
                version: VERSION,
                nodes: Vec::new(),
            });
        }
        Err(error) => return Err(failed(&error)),
    };
    let known: TrustedNodes = serde_json::from_slice(&text).map_err(|error| failed(&error))?;
    match known.version {
        VERSION => Ok(known),
        version => Err(failed(&format_args!(
            "it has version {version}, this software knows version {VERSION}"
        ))),
    }
}

/// Writes the file in full or not at all.
fn write(path: &Path, nodes: &TrustedNodes) -> Result<(), Failure> {
    let written = || -> io::Result<()> {
        let staged = StagedFile::beside(path).map_err(io::Error::other)?;
        serde_json::to_writer_pretty(staged.writer(), nodes)?;
        staged.place(path, Existing::Replace)
    };
    written().map_err(|error| {
        Failure::new(
            format!(
                "can't write the trusted nodes to {}: {error}",
                path.display()
            ),
            "Nothing was changed. Check the folder's permissions and the free space on the disk, and try again.",
        )
    })
}

#[cfg(test)]
mod tests {
    use generion_client::rpc::url::PlainHttp;

    use super::*;

    #[test]
    fn a_node_is_trusted_for_one_cluster_and_by_its_whole_address() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::new(Some(&folder.path().join("data"))).unwrap();
        let node = |text| NodeUrl::parse(text, PlainHttp::ThisMachineOnly).unwrap();
        let (one, other) = (Cluster::Devnet, Cluster::MainnetBeta);
        let url = node("https://node.example/?key=secret");

        assert!(!is_trusted(&data, one, &url).unwrap());
        assert!(trust(&data, one, &url).unwrap());
        assert!(!trust(&data, one, &url).unwrap());
        assert!(is_trusted(&data, one, &url).unwrap());
        assert!(!is_trusted(&data, other, &url).unwrap());
        let another = node("https://node.example/?key=other");
        assert!(!is_trusted(&data, one, &another).unwrap());
        let text = fs::read_to_string(data.trusted_nodes()).unwrap();
        assert!(!text.contains("secret"), "{text}");

        assert!(!distrust(&data, other, &url).unwrap());
        assert!(distrust(&data, one, &url).unwrap());
        assert!(!is_trusted(&data, one, &url).unwrap());
    }

    #[test]
    fn a_damaged_file_trusts_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::new(Some(folder.path())).unwrap();
        let url = NodeUrl::parse("https://node.example", PlainHttp::ThisMachineOnly).unwrap();
        for text in ["", "{}", r#"{"version": 2, "nodes": []}"#] {
            fs::write(data.trusted_nodes(), text).unwrap();
            let failure = is_trusted(&data, Cluster::Devnet, &url).unwrap_err();
            assert!(
                failure.message.contains("trusted-nodes.json"),
                "{failure:?}"
            );
        }
    }
}
