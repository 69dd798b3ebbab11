# Check, its answer, matches, the inbox.
check-title = Check
check-box = Name, document number or MRZ
check-box-hint = As written, in any script. The lines of an MRZ may follow each other.
check-submit = Check
check-details = More about the person or thing
check-why = Say for what and in which case you act. Without it there is no answer.
mrz-invalid = A check digit of the MRZ is wrong ({ $digits }): scan it again, or choose below what the document says.
mrz-digit = { $field }: { $stated } is printed, { $computed } is computed
mrz-length = This MRZ has { $characters } characters; an MRZ has 3 lines of 30, 2 of 36 or 2 of 44. Scan it again, with every <.
mrz-alphabet = An MRZ has only A to Z, 0 to 9 and <: scan it again, or write the name and number
mrz-field-document-number = document number
mrz-field-birth-date = birth date
mrz-field-expiry-date = expiry date
mrz-field-optional-data = optional data
mrz-field-composite = whole zone
check-empty = Write a name, a document number or an MRZ
check-lists = Compared with
check-lists-empty = No list is imported yet, so that nothing can be found.
check-lists-empty-how = An administrator imports lists under Lists.

field-birth-date = Birth date
field-birth-date-hint = Such as 5.3.1971, 3.1971 or 1971
birth-date-invalid = Write the date as 5.3.1971, the month as 3.1971 or the year as 1971
birth-about = about { $date }
field-document = Document number
field-nationality = Nationality
field-nationality-hint = Country or code, such as MKD
field-gender = Gender
field-place = Place of birth or residence
field-schema = What it is

schema-person = Person
schema-organization = Organisation
schema-vessel = Ship
schema-aircraft = Aircraft
schema-unknown = Anything
gender-male = Male
gender-female = Female
gender-other = Other (X)

check-result-title = Answer to the check
check-found = { $count ->
    [one] One match waits for a decision
   *[other] { $count } matches wait for a decision
}
check-found-means = A match is not a hit. Compare the evidence of each and decide.
check-found-means-officer = A match is not a hit. A verifying officer decides.
check-none = No match
check-none-means = Nothing on the lists below agrees closely enough with what was asked.
check-candidates = Matches, best first
check-settled = Rejected before
check-asked = What was asked
check-again = Next check
check-purpose = Purpose
check-case = Case
check-by = By
check-at = At

column-name = Name
column-likelihood = Likelihood
column-list = List
column-list-version = Version
column-entries = Entries
column-imported = Imported
column-state = State
column-by = By
column-at = At
column-reason = Reason
column-asked = Asked
column-case = Case
column-since = Waiting since
column-born = Born
column-nationality = Nationality
column-document = Document
column-case-by = Case, officer
column-due = Due

state-waiting = Waits for a decision
state-confirmed = Confirmed: hit
state-rejected = Rejected
list-and-version = { $list }, version { $version }

likelihood-very-likely = very likely the same
likelihood-likely = likely the same
likelihood-possible = possibly the same
likelihood-unlikely = unlikely the same

match-title = Match: { $name }
match-found = How it was found
match-decided = Decision
match-may-not = Your role may look at this match and not decide on it. A verifying officer decides.
match-check = Check
match-see-check = See the check
match-entry = Entry
match-see-entry = See the entry as it is listed
match-hit = Hit
match-see-hit = See the hit
match-newer = Since then
match-newer-means = The list has changed this entry since the check. See the entry.
match-action = What the list asks
match-outcome = Found
match-reason = Why
match-by = By
match-at = At
match-recorded = Found at

decision-title = Is it the same?
decision-reason = Reason
decision-reason-hint = What you compared and saw: the document, the face, the date. It stays with the decision.
decision-reason-invalid = Write a reason of 3 to 2,000 characters
decision-confirm = Confirm: the same
decision-confirm-then = Becomes a hit. Follow-up opens: { $action }. { $due }
decision-reject = Reject: another
decision-reject-then = Ends here. This candidate is not put again for the same question.
decision-due = Report due within { $hours } hours.
outcome-missing = Choose to confirm or to reject

evidence-title = Evidence
evidence-explained = Weights above 0 speak for the same, below 0 for another. Letters that differ are marked.
evidence-caption = What was asked and what is listed, feature by feature
evidence-feature = Feature
evidence-query = Asked
evidence-entry = Listed
evidence-verdict = Finding
evidence-weight = Weight
evidence-silent = not stated
evidence-no-word = no such word
evidence-alias = also known as
evidence-weak-alias = weak alias
evidence-former = formerly
evidence-word = word { $count }
feature-name = Name
feature-birth-date = Birth date
feature-gender = Gender
feature-nationality = Nationality
feature-place = Place
feature-identifier = Number
feature-schema = Kind
verdict-agrees = agrees
verdict-similar = similar
verdict-contradicts = contradicts
verdict-absent = not compared

inbox-title = Inbox
inbox-lede = Matches that wait for a decision, the newest first.
inbox-empty = No match waits for a decision.
inbox-empty-how = A match stands here from the check that found it until a verifying officer decides.
