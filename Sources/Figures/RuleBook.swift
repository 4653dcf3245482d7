import Promises
import Tickets

/// What was promised in the time of a report, made ready to be asked for every ticket.
final class RuleBook: Sendable {
    /// A rule of a version, with its hours worked out.
    struct Entry: Sendable {
        let rule: PromisePolicy.Rule
        let calendar: BusinessCalendar
    }

    /// When a version ends and what it warns of; its rules follow one another in ``entries``.
    private struct Version {
        let from: Moment
        let warning: Int64?
        let entries: Range<Int>
    }

    let entries: [Entry]
    private let history: PolicyHistory
    private let versions: [Version]

    /// Made for the time of the tickets' clocks; beyond it the book is slow, and not wrong.
    init(_ history: PolicyHistory, _ time: ClosedRange<Moment>) {
        self.history = history
        var (entries, versions) = ([Entry](), [Version]())
        var calendars: [BusinessHours: BusinessCalendar] = [:]
        for version in history.versions {
            let first = entries.count
            for rule in version.policy.rules {
                let calendar = calendars[rule.hours] ?? BusinessCalendar(rule.hours, time)
                calendars[rule.hours] = calendar
                entries.append(Entry(rule: rule, calendar: calendar))
            }
            versions.append(
                Version(
                    from: version.from, warning: version.policy.warnings.first, entries: first..<entries.count
                ))
        }
        self.entries = entries
        self.versions = versions
    }

    /// The index of the version in force at a moment.
    func version(at moment: Moment) -> Int { history.index(at: moment) }

    /// When the version after one came into force; nil after the last.
    func end(ofVersion version: Int) -> Moment? {
        version + 1 < versions.count ? versions[version + 1].from : nil
    }

    /// The first warning of a version, in milliseconds of business before a clock is due.
    func warning(ofVersion version: Int) -> Int64? { versions[version].warning }

    /// The index of the first entry of a version that fits; nil when nothing is promised.
    func entry(_ version: Int, _ channel: Name, _ group: String?, _ priority: Priority) -> Int? {
        versions[version].entries.first { entries[$0].rule.fits(channel, priority, group) }
    }
}

/// Finds rules in a book, and remembers those that were found: a desk has a few channels and five priorities.
struct RuleFinder {
    private struct Found {
        let version: Int
        let priority: Priority
        let channel: Name
        let group: String?
        let entry: Int?
    }

    let book: RuleBook
    private var found: [Found] = []

    /// More would take longer to look through than the rules of a desk.
    private static let foundMax = 32

    init(_ book: RuleBook) { self.book = book }

    mutating func entry(_ version: Int, _ channel: Name, _ group: String?, _ priority: Priority) -> Int? {
        for index in found.indices
        where found[index].version == version && found[index].priority == priority
            && found[index].channel == channel && found[index].group == group
        {
            return found[index].entry
        }
        let entry = book.entry(version, channel, group, priority)
        if found.count < Self.foundMax {
            found.append(
                Found(version: version, priority: priority, channel: channel, group: group, entry: entry))
        }
        return entry
    }
}
