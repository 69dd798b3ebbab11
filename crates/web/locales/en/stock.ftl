# Stockpile: overview, stores, goods, movements, counts, cases.
area-stores = Stores
stock-title = Stores
stock-overview = Today
stock-lede = What needs a person today, then the stores. Two persons sign issue, receipt, destruction and loss; what is not there is a case, never a silent correction.
stock-move = Enter a movement
stock-move-here = Move it here
stock-store = Store
stock-site = Site
stock-place = Place
stock-places = Places
stock-places-missing = Choose at least one place
stock-quantity = Quantity
stock-quantity-invalid = Write the quantity as a whole number, at least 1
stock-promised = Promised to movements that wait
stock-due = Due
stock-lines = Lines
stock-act = What to do
stock-why = Why
stock-reason-invalid = State it in 3 to 500 characters, with at least one word
stock-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}

stock-account-outside = Outside
stock-account-expended = Used up
stock-account-destroyed = Destroyed
stock-account-lost = Lost or stolen

stock-counts-due = Counts that are due
stock-counts-due-empty = Stores that are due to be counted would stand here.
stock-counts-due-empty-how = A store comes here some days before its interval is over.
stock-count-late = Late
stock-count-due = Due soon
stock-counted-on = Last counted
stock-counted-never = Never
stock-expiring = Expired, or soon
stock-expiring-empty = What has expired or soon will would stand here.
stock-expiring-empty-how = It follows from the dates of what lies in the stores.
stock-expires-on = Expires
stock-expired = Expired
stock-expires-soon = Expires soon
stock-is-expired = This has expired. It is not to be issued before somebody has looked at it.
stock-margins = Licences
stock-margins-empty = How much room the licences of the stores leave would stand here.
stock-margins-empty-how = A stock inspector sets up a store with its licence.
stock-margin = To spare
stock-exposed = Nearest limit
stock-too-near = Too near
stock-licence = Licence
stock-licence-none = No licence for explosives
stock-licence-missing = Explosives without a licence
stock-licence-expired = Licence has ended
stock-licence-kept = Within the licence
stock-licence-means = What the store may hold given its neighbours. A movement that breaks it is refused before it is posted, and says what would fit.
stock-licence-number = Number
stock-licence-until = Valid until
stock-licence-most = Most of a division
stock-licence-total = Most in all
stock-licence-conditions = Conditions of mixing that are met
stock-exposures = What lies around it
stock-exposures-empty = What lies around the store would stand here.
stock-exposures-empty-how = It is part of the licence.
stock-away = Is away
stock-needed = Has to be away
stock-rule = By which rule
stock-from-memory = from memory
stock-stores = All stores
stock-stores-empty = The stores would stand here.
stock-stores-empty-how = A site with its stores is set up at the command line, with egnatia stock site.

stock-inside = What lies here
stock-inside-empty = What lies in the store would stand here.
stock-inside-empty-how = It comes in by a receipt, a transfer or a return, or was taken over from an existing ledger.
stock-ledger = Ledger
stock-ledger-means = Every posting, newest first. The balance is what was there afterwards.
stock-ledger-empty = The postings of this account would stand here.
stock-ledger-empty-how = They follow from movements that were posted.
stock-amount = In or out
stock-balance = There afterwards
stock-effective = Counts from
stock-posted = Posted

stock-goods = Goods
stock-goods-lede = Scan a label, or type a serial number or a lot. Case, hyphens and spaces do not matter.
stock-goods-empty = What has the number would stand here.
stock-goods-empty-how = Scan or type it above. It finds what lies in stores, is with holders, or is lost.
stock-not-found-empty = Nothing in the stores has this number.
stock-not-found-empty-how = Look at the mark again. What comes in for the first time is registered, then received.
stock-code = Label, serial number or lot
stock-code-hint = A scanner types it and presses Enter
stock-code-missing = Scan a label, or type a number
stock-code-unknown = Nothing in the books has this number: look at the mark again, or register it
stock-code-several = Several things have this number: say which is meant
stock-code-twice = It is in the list already, and there is one of it
stock-which = Which of them
stock-goods-new = Register a weapon or lot
stock-goods-new-means = What comes in for the first time is registered here once; its receipt follows, and a second person signs that.
stock-goods-submit = Register, and go on to the receipt
stock-nomenclature = What it is
stock-nomenclature-hint = Such as cartridge 7.62x39 FMJ, or M70 AB2
stock-tracking = How it is told from others
stock-by-serial = By serial number
stock-by-lot = By lot
stock-number = Serial number or lot, as it is marked
stock-number-hint = For a lot without a mark: none, mixed or unknown
stock-division = Hazard division
stock-division-hint = Only for what is explosive
stock-group = Compatibility group
stock-mass-each = Net explosive mass of one piece, kg
stock-mass-each-hint = Such as 0.0016
stock-mass-invalid = Write kilograms with up to six decimals, such as 0.0016
stock-hazard-incomplete = State division, group and mass, or none of them
stock-hazard = Hazard
stock-made-on = Made
stock-condition = Condition
stock-condition-serviceable = Serviceable
stock-condition-repairable = Repairable
stock-condition-unserviceable = Unserviceable
stock-condition-for-destruction = To be destroyed
stock-condition-unknown = Not known
stock-what = What it is
stock-where = Where it is
stock-held-empty = Where it is would stand here.
stock-held-empty-how = It is in no place: it was not received yet.
stock-life = What happened to it
stock-life-empty = Its postings would stand here.
stock-life-empty-how = They follow from movements that were posted.
stock-firearm = In the register of firearms
stock-firearm-see = The weapon
stock-label = On its label
stock-case-see = The case
stock-change = Correct what is known
stock-change-means = Condition and dates. What it is, its number and its hazard stay.
stock-change-submit = Correct it

stock-holder-new = Add a unit or person to whom stock is issued
stock-holder-means = A holder has an account of their own: what was issued to them stands there until it comes back.
stock-holder-name = What they are called
stock-holder-submit = Add the holder

stock-movement = Movement
stock-movement-see = The movement
stock-movements = Movements
stock-movements-lede = Movements that wait for a second person or for the receiver to count. What nobody signs in time lapses; what was promised is free again.
stock-waiting = Waiting for a signature
stock-waiting-empty = Movements that wait for a signature would stand here.
stock-waiting-empty-how = They come here when somebody enters an issue, a receipt, a destruction, or a hand-over to another store.
stock-signs = Who signs
stock-signs-second = A second person
stock-signs-receiver = The receiver, who counts
stock-lapses = then it lapses
stock-state-waiting = Waits
stock-state-posted = Posted
stock-state-voided = Given up
stock-state-timed-out = Lapsed, nobody signed in time
stock-state-reversed = Posted, and taken back
stock-movement-new = Enter a movement
stock-entry-means = Say what happens, then scan one after the other. Nothing is moved before the last button.
stock-entry-what = What happens
stock-entry-lines = What is moved
stock-entry-lines-empty = What was scanned would stand here.
stock-entry-lines-empty-how = Scan a label; Enter adds it.
stock-entry-paper = The paper
stock-kind = Kind of movement
stock-kind-opening = Opening balance
stock-kind-receipt = Receipt from outside
stock-kind-issue = Issue to a holder
stock-kind-return = Return from a holder
stock-kind-transfer = Transfer to another place
stock-kind-expenditure = Used up
stock-kind-loss = Loss or theft
stock-kind-recovery = Found again
stock-kind-destruction = Destruction
stock-kind-reversal = Taken back
stock-from = From
stock-from-hint = Not needed for what lies in one place, comes in from outside, or was lost
stock-from-books = Where each thing stands in the books
stock-from-missing = Say where it comes from: it lies in several places, or in none
stock-to = To
stock-to-hint = Not needed for what is used up or destroyed
stock-to-missing = Say where it goes
stock-add = Add
stock-remove = Take out
stock-lines-missing = Scan at least one thing
stock-lines-many = The list is full: enter this movement, and begin another one
stock-reference = Order, voucher or delivery note
stock-reference-missing = State the order, voucher or delivery note
stock-effective-at = Counts from
stock-effective-at-hint = Only where it happened earlier: 24.11.2026 8:30
stock-remark = Remark
stock-enter = { $count ->
    [one] Enter the movement of { $count } line
   *[other] Enter the movement of { $count } lines
}
stock-entered = Entered
stock-ended = Ended
stock-reverses = Takes back
stock-counted = Counted
stock-count-invalid = Write how many there are as a whole number
stock-second = You entered it: a second, different person signs.
stock-sent = { $count ->
    [one] { $count } was sent
   *[other] { $count } were sent
}
stock-act-sign = Sign
stock-act-sign-means = You have seen what is moved and the paper that goes with it. The movement is posted with your name.
stock-act-sign-submit = Sign, and post it
stock-act-count = Count what arrived
stock-act-count-means = Count each line. What is short stays with the sender, and opens a case.
stock-act-count-submit = This is what arrived: post it
stock-act-void = Give it up
stock-act-void-means = Nothing is moved, and what was promised is free again. The reason is kept.
stock-act-void-submit = Give it up
stock-act-reverse = Take it back
stock-act-reverse-means = A further movement goes the other way, as a whole. A second person signs it; this one stays in the ledger.
stock-act-reverse-submit = Take it back

stocktake = Count
stocktakes = Counts
stocktakes-lede = Counts, newest first. While one goes on nobody sees how many there should be.
stocktakes-going = Counts that go on
stocktakes-empty = Counts would stand here.
stocktakes-empty-how = Begin one: choose the places, then scan what lies there.
stocktake-see = The count
stocktake-new = Begin a count
stocktake-new-means = What the books say now is kept, and is shown to nobody until the count has ended. Movements in the meantime do no harm.
stocktake-begin = Begin the count
stocktake-began = Begun
stocktake-is-counting = Goes on
stocktake-is-finished = Ended
stocktake-is-abandoned = Given up
stocktake-blind = Scan everything that lies there. How many there should be is not shown.
stocktake-quantity = How many
stocktake-quantity-hint = Of a lot, all that lie in this place; a later number replaces it
stocktake-scan = Take it
stocktake-finish = End the count
stocktake-finish-means = All was counted. It is compared with the books once and for all, and what differs opens a case each.
stocktake-finish-submit = End the count, and compare
stocktake-abandon = Give the count up
stocktake-abandon-means = Nothing is compared. The reason is kept.
stocktake-abandon-submit = Give the count up
stock-occasion = Occasion
stock-occasion-missing = Choose why it is counted
stock-occasion-interval = Its interval is over
stock-occasion-risk = Somebody sees a risk
stock-occasion-command = The command changes
stock-occasion-hand-over = A store is handed over
stock-scans = Scans
stock-scans-empty = What was scanned would stand here, the last first.
stock-scans-empty-how = Choose the place, then scan.
stock-scans-count = { $count ->
    [one] { $count } scan so far
   *[other] { $count } scans so far
}
stock-scan-counted = Counted
stock-scan-repeated = Scanned before, or replaced
stock-scan-wrong-place = Wrong place
stock-scan-unknown = Not known, kept
stock-booked-in = It stands in { $place }
stock-differs = What differs
stock-differs-empty = What differs from the books would stand here.
stock-differs-empty-how = All that was to be counted is there.
stock-agreed = { $count ->
    [one] { $count } line agrees with the books.
   *[other] { $count } lines agree with the books.
}
stock-at-start = When it began
stock-expected = Should be
stock-misplaced = In a wrong place
stock-misplaced-empty = Weapons that lie elsewhere than the books say would stand here.
stock-misplaced-empty-how = Each that was scanned lies where it should.
stock-found-in = Found in
stock-booked = In the books
stock-unknown = Not known
stock-unknown-empty = Codes that nobody knows would stand here.
stock-unknown-empty-how = Everything that was scanned is known.
stock-scanned = Scanned

stock-case = Case
stock-cases = Cases
stock-cases-lede = What counts found to differ. Each has a clock: counted again by another person, then explained by a movement, or reported as a loss or theft.
stock-cases-empty = Cases would stand here.
stock-cases-empty-how = A count that differs opens one, and a hand-over that is short.
stock-case-number = { $count ->
    [one] Case { $count }
   *[other] Case { $count }
}
stock-difference = Differs by
stock-missing = { $count ->
    [one] { $count } missing
   *[other] { $count } missing
}
stock-surplus = { $count ->
    [one] { $count } too many
   *[other] { $count } too many
}
stock-case-is-open = To be counted again
stock-case-is-recounted = To be explained
stock-case-is-counted = All there: the first count was wrong
stock-case-is-explained = Explained
stock-case-is-lost = Lost or stolen
stock-case-recount-due = counted again by then
stock-case-report-due = explained or reported by then
stock-case-how = How it came about
stock-counted-by = Found by
stock-recounted-by = Counted again by
stock-decided-by = Decided by
stock-decided-by-inspector = A stock inspector decides: explained by a movement, or lost or stolen.
stock-recounted = How many there are
stock-recounted-hint = Of this, in this place, now
stock-recount-other = Another person than the one who counted has to count again.
stock-explained-by = Explained by
stock-explained-missing = Choose the movement that explains it
stock-loss = Lost or stolen
stock-loss-lost = Lost
stock-loss-stolen = Stolen
stock-loss-missing = Say whether it is lost or stolen
stock-loss-movement = Taken out of the place by
stock-loss-alert = Looked for by
stock-alert-see = The alert
stock-act-recount = Count again
stock-act-recount-means = Count without looking at the books. Where all is there the case is closed; else it is explained or reported.
stock-act-recount-submit = This is how many there are
stock-act-explain = Explain it
stock-act-explain-means = A movement that was posted explains why the count differed. The case is closed.
stock-act-explain-submit = Explained: close the case
stock-act-lose = Lost or stolen
stock-act-lose-means = The case is closed, and a movement that a second person signs takes it out of the place. Of a single weapon an alert goes to all partners who may have it.
stock-act-lose-submit = Report it, and alert the partners

notice-stock-registered = It is registered. Its receipt is below; a second person signs it.
notice-stock-changed = It is corrected.
notice-stock-holder = The holder is added. Stock can be issued to them.
notice-stock-waits = The movement is entered. It waits for its signature.
notice-stock-posted = The movement is posted.
notice-stock-sign = The movement is signed and posted.
notice-stock-count = What was counted is posted. What was short is a case.
notice-stock-void = The movement is given up.
notice-stock-reverse = The movement that takes it back is entered. It waits for its signature.
notice-stock-recount = The second count is kept.
notice-stock-explain = The case is explained and closed.
notice-stock-lose = The loss is reported. The movement that takes it out waits for a second signature.
notice-stocktake-begun = The count has begun.
notice-stocktake-finished = The count has ended.
notice-stocktake-abandoned = The count is given up.
