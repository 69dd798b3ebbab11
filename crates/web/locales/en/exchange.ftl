# Closed words of alerts and of the exchange with partners.
category-arrest = Arrest
category-missing-person = Missing or vulnerable person
category-judicial-procedure = Judicial procedure
category-discreet-check = Discreet check
category-inquiry-check = Inquiry check
category-specific-check = Specific check
category-foreign-terrorist-fighter = Foreign terrorist fighter
category-object-seizure = Object for seizure

object-vehicle = Motor vehicle
object-trailer = Trailer or caravan
object-boat = Boat or boat engine
object-aircraft = Aircraft or aircraft engine
object-container = Container
object-firearm = Firearm
object-blank-document = Blank official document
object-issued-document = Identity document
object-vehicle-document = Registration certificate or plate
object-banknote = Banknote
object-other = Other object

warning-armed = Armed
warning-violent = Violent
warning-absconded = Has absconded
warning-suicide-risk = Risk of suicide
warning-health-threat = Threat to public health
warning-terrorism = Involved in terrorism

release-anybody = Every partner whose arrangement covers it
release-partners = Chosen partners
release-nobody = Nobody
code-H1 = H1: not in court without permission
code-H2 = H2: not to be passed on without permission
code-H3 = H3: another restriction, see its text

basis-national-law = National law
basis-un-security-council = Resolution of the UN Security Council
basis-eu-restrictive-measures = Restrictive measures of the European Union
basis-public-sanctions-list = Public sanctions list
basis-sis-police = Regulation (EU) 2018/1862
basis-information-exchange = Directive (EU) 2023/977
basis-agreement = Agreement between authorities
basis-accountability = Duty to log and prove

reliability-A = A: no doubt
reliability-B = B: mostly reliable
reliability-C = C: mostly unreliable
reliability-X = X: cannot be assessed
accuracy-1 = 1: not in doubt
accuracy-2 = 2: known to the source itself
accuracy-3 = 3: not known to the source, but corroborated
accuracy-4 = 4: not known to the source, not corroborated
nature-fact = Fact
nature-assessment = Assessment
subject-is-suspect = Suspect
subject-is-convicted = Convicted
subject-is-victim = Victim, or possible victim
subject-is-other-party = Witness, contact or associate
subject-is-undetermined = Not known yet
subject-is-no-person = No person

withheld-not-released = Not released to this partner
withheld-sis-origin = SIS data never go to a third country (Art. 65)
withheld-not-permitted = The originator has not permitted that it is passed on
withheld-no-arrangement = No arrangement with this partner
withheld-not-in-force = No arrangement with this partner holds today
withheld-category-not-covered = No arrangement for this category
withheld-purpose-not-covered = No arrangement for this purpose
withheld-not-justified = Only by an own assessment or a derogation, and nobody has justified this transfer
withheld-erased = Erased before it left
withheld-restricted = Restricted by its originator: it is passed on once that is lifted
withheld-personal-data = The arrangement does not allow personal data

refusal-unknown-kind = The partner's node does not know this kind. Send it again when it runs a newer release.
refusal-unknown-version = The partner's node does not read this version of the kind.
refusal-not-valid = It could not be read or verified there.
refusal-no-arrangement = The partner sees no arrangement that covers it.
refusal-category-not-allowed = The partner's arrangement does not cover this kind or purpose.
refusal-personal-data-not-allowed = The partner's arrangement does not cover personal data.
refusal-handling-forbids = Handling codes or origin forbid that the partner has it.
refusal-not-the-originator = Only the originator may say this.
refusal-older-than-held = The partner holds a newer version. Nothing is to be done.
refusal-too-large = It is larger than the partner takes.
refusal-erased-here = The partner has erased the record and does not take it back.
refusal-cannot-be-stored = The partner's node tried several times and could not store it, though it stores others. Ask its operator for the cause; then correct or extend the alert, and it is sent again.

delivery-queued = Waits
delivery-delivered = Delivered, and signed for
delivery-refused = Refused
delivery-withheld = Did not leave

statement-record = Alert
statement-recall = Recall
statement-hit = Hit
statement-request = Question
statement-answer = Answer
statement-card = Card
statement-receipt = Receipt
statement-checkpoint = Checkpoint of an audit log
statement-cosignature = Countersignature
statement-resend = Request to send again
statement-erased-there = Notice: erased there by itself

gate-union-law = Law of the Union, no transfer to a third country
gate-led-36 = Adequacy decision (Directive (EU) 2016/680 Art. 36)
gate-led-37-1-a = Safeguards in a binding instrument (Art. 37(1)(a))
gate-led-37-1-b = Own assessment of the safeguards (Art. 37(1)(b))
gate-led-38 = Derogation in an individual case (Art. 38)
gate-europol-agreement = Cooperation agreement with Europol
gate-working-arrangement = Working arrangement with Europol, no personal data
gate-national-law = National law

recall-withdrawn = It is not needed any more
recall-inaccurate = It is wrong, or about somebody else
recall-unlawful = It should not have been kept or sent

matter-supplementary-information = More about the alert
matter-duplicate-question = Is it the same person or object?
matter-onward-transfer = May it be given to somebody else?
matter-flag = May the action be suspended here?
matter-correction = Please correct it
matter-purpose-achieved = Its purpose is achieved

decline-not-available = The information is not available
decline-request-incomplete = The request does not say what Art. 4 asks for
decline-no-judicial-authorisation = A court did not authorise it
decline-category-not-permitted = These categories of data may not be given
decline-not-accurate = The data are inaccurate, incomplete or out of date
decline-national-security = National security
decline-investigation-or-safety = An investigation under way, or somebody's safety
decline-interests-of-legal-person = Important interests of a legal person
decline-minor-offence = No offence here, or a minor one
decline-no-consent-of-originator = The originator does not consent

report-located = Located
report-located-hint = That the person or object was located. Empty: yes
report-place-time-reason = Place, time and reason of the check
report-route = Route and destination
report-companions = Companions
report-identity-revealed = Who used the document
report-objects-used = Objects and documents used
report-objects-carried = Objects carried
report-circumstances = Circumstances
report-circumstances-hint = Empty: what was done, as it stands above
report-other-requested = Other information that was asked for

partner-al = Albania
partner-ba = Bosnia and Herzegovina
partner-eu = European Union
partner-me = Montenegro
partner-mk = North Macedonia
partner-rs = Serbia
partner-xk = Kosovo*
footnote-kosovo = * This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 and the ICJ Opinion on the Kosovo declaration of independence.
