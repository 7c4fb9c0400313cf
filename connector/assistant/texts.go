package assistant

// What people read on cards, in English.
const (
	textSalesRecord   = "Sales record"
	textActivityKind  = "Kind"
	textOwnerChanged  = "Owner changed"
	textStateChanged  = "State changed"
	textPoolChanged   = "Pool changed"
	textStageChanged  = "Stage changed"
	textRecordUpdated = "Record updated"
	textTeamChanged   = "Related Team changed"
	textDeleted       = "Record deleted in the CRM"
	textRestored      = "Record restored in the CRM"
	textMerged        = "Record merged in the CRM"
	textDetails       = "Details"
	textOwner         = "Owner"
	textState         = "State"

	textKeptInStep     = "Members follow the Related Team in the CRM."
	textPendingOne     = "person on the team is not in the channel."
	textPendingMany    = "people on the team are not in the channel."
	textUnresolvedOne  = "team entry is not resolved to people."
	textUnresolvedMany = "team entries are not resolved to people."
)
