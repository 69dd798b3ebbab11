# The frame around every page.
skip = Skip to the content
skip-decision = Skip to the decision
demo-banner = Demonstration. The accounts are invented; listed persons may be real. Nothing here may be used for a decision.
frame-purpose = Purpose
frame-case = Case
frame-no-justification = No purpose and case set: nothing can be checked or looked at
frame-change = Change
frame-password = Password
frame-sign-out = Sign out
frame-areas = Areas
frame-waiting = { $count ->
    [one] { $count } waits
   *[other] { $count } wait
}

area-check = Check
area-inbox = Inbox
area-hits = Hits
area-lists = Lists
area-audit = Audit
area-users = Users

next-page = Next page
choose = Choose
not-known = Not known
count-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
count-entries = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
form-errors = { $count ->
    [one] One thing must be put right
   *[other] { $count } things must be put right
}

role-officer = Officer
role-verifying-officer = Verifying officer
role-storekeeper = Storekeeper
role-stock-inspector = Stock inspector
role-supervisor = Supervisor
role-data-protection-officer = Data protection officer
role-administrator = Administrator
role-operator = Operator at the command line

notice-decided-rejected = Rejected. The candidate is not put again for this question.
notice-decided-confirmed = Confirmed. This is a hit, and its follow-up is open.
notice-follow-up-done = The follow-up is done.
notice-password = The password is changed. Sign in with the new one.
notice-imported = The list is imported.
notice-created = The account is made.
notice-unlocked = The lock-out is lifted.
notice-closed = The account is closed, and its sessions are ended.
notice-reset = The password is set. The person changes it after signing in.
export-csv = Save as CSV
export-logged = Up to 1,000 rows. The log keeps who took them out.
export-more = More rows are left out: narrow the filters and save again.
