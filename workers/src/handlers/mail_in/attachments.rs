//! Files that came with a mail. What is not kept leaves a visible note with its name and the reason (B10-37).

use crate::env::Env;
use jobs::SiteId;
use object_store::{ObjectStoreExt, PutPayload, path::Path};
use schema::files::rules::{Facts, Policy, Sampler, base_name};
use schema::mail::rules::{Attachment, Incoming};
use schema::tickets::NewAttachment;
use uuid::Uuid;

/// Files of one mail that are kept; the rest are noted.
const FILES_MAX: usize = 50;

/// Puts the acceptable files into the store; their bytes are given away to it, since a large one is not held twice.
///
/// # Errors
/// The store is away.
pub async fn store(mail: &mut Incoming, site: SiteId, env: &Env) -> anyhow::Result<Vec<NewAttachment>> {
    let mut files = Vec::with_capacity(mail.attachments.len());
    for (place, attachment) in mail.attachments.iter_mut().enumerate() {
        files.push(match refusal(attachment, place) {
            Some(reason) => noted(attachment, Some(reason), None),
            None => keep(attachment, site, env).await?,
        });
    }
    Ok(files)
}

/// Takes files back whose ticket did not come about.
pub async fn remove(keys: &[String], env: &Env) {
    for key in keys {
        if let Err(error) = env.files.delete(&Path::from(key.as_str())).await {
            tracing::warn!(%error, "a file without a ticket could not be removed");
        }
    }
}

fn refusal(attachment: &Attachment, place: usize) -> Option<String> {
    if place >= FILES_MAX {
        return Some(format!("En fazla {FILES_MAX} dosya saklanır"));
    }
    let mut sampler = Sampler::default();
    sampler.push(&attachment.content);
    let facts = Facts {
        file_name: &attachment.file_name,
        declared: None,
        size_bytes: sampler.size_bytes(),
        found: sampler.kind(),
    };
    Policy::upload(true).check(&facts).err().map(|refusal| refusal.to_string())
}

async fn keep(attachment: &mut Attachment, site: SiteId, env: &Env) -> anyhow::Result<NewAttachment> {
    let key = format!("mail_attachments/{site}/{}/{}", Uuid::now_v7(), base_name(&attachment.file_name));
    let path = Path::from(key.as_str());
    let kept = noted(attachment, None, Some(path.to_string()));
    env.files.put(&path, PutPayload::from(std::mem::take(&mut attachment.content))).await?;
    Ok(kept)
}

fn noted(
    attachment: &Attachment,
    refused_because: Option<String>,
    storage_key: Option<String>,
) -> NewAttachment {
    NewAttachment {
        id: Uuid::now_v7(),
        file_name: attachment.file_name.clone(),
        content_type: attachment.media_type.clone(),
        size_bytes: i64::try_from(attachment.content.len()).unwrap_or(i64::MAX),
        storage_key,
        refused_because,
        content_id: attachment.content_id.clone(),
    }
}
