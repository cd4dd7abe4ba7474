//! What a role may be allowed, beside its rank. Stored as rows (role, permission, allowed) that a super admin can
//! change while the desk runs (A1-37); these are the words the code knows.

use serde::{Deserialize, Serialize};

/// A row of the permission matrix (A1-23…31). «Own only» is the absence of the `…Others` permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// «Tüm Sitelere»
    #[serde(rename = "sites.all")]
    AllSites,
    /// «Site Yönetimi»
    #[serde(rename = "sites.manage")]
    ManageSite,
    /// «Agent Ekleme»
    #[serde(rename = "users.manage")]
    ManageUsers,
    /// «Widget Ayarları»
    #[serde(rename = "widget.manage")]
    ManageWidget,
    /// «Sohbet»
    #[serde(rename = "chat")]
    Chat,
    /// «Ticket Yönetimi»
    #[serde(rename = "tickets")]
    Tickets,
    /// «Bilgi Tabanı»
    #[serde(rename = "knowledge")]
    Knowledge,
    #[serde(rename = "knowledge.others")]
    KnowledgeOthers,
    /// «Hazır Cevaplar»
    #[serde(rename = "canned_responses")]
    CannedResponses,
    /// «Analytics»
    #[serde(rename = "analytics")]
    Analytics,
    #[serde(rename = "analytics.others")]
    AnalyticsOthers,
}

impl Permission {
    pub const ALL: [Permission; 11] = [
        Permission::AllSites,
        Permission::ManageSite,
        Permission::ManageUsers,
        Permission::ManageWidget,
        Permission::Chat,
        Permission::Tickets,
        Permission::Knowledge,
        Permission::KnowledgeOthers,
        Permission::CannedResponses,
        Permission::Analytics,
        Permission::AnalyticsOthers,
    ];

    /// The word on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Permission::AllSites => "sites.all",
            Permission::ManageSite => "sites.manage",
            Permission::ManageUsers => "users.manage",
            Permission::ManageWidget => "widget.manage",
            Permission::Chat => "chat",
            Permission::Tickets => "tickets",
            Permission::Knowledge => "knowledge",
            Permission::KnowledgeOthers => "knowledge.others",
            Permission::CannedResponses => "canned_responses",
            Permission::Analytics => "analytics",
            Permission::AnalyticsOthers => "analytics.others",
        }
    }

    pub fn parse(word: &str) -> Option<Permission> {
        Permission::ALL.into_iter().find(|permission| permission.as_str() == word)
    }
}
