package import Promises
package import Tickets

/// What was set on a ticket after it came, as people read it. Few tickets have any.
package struct Extras: Hashable, Sendable {
    /// The kind, when another was set.
    package var kind: NewKind?
    package var priority: Priority?
    /// In order of setting: each tag, and whether it was put on or taken off.
    package var tags: [TagChange] = []
    /// In order of setting, each name once; an empty value was taken away.
    package var fields: [Field] = []
    package var participants: [Name] = []
    package var links: [Link] = []
    package var isSpam = false
    /// What it says of the product; empty when nobody said.
    package var feedback = ""
    package var lacking: [String] = []
    /// In order of writing, one for each author.
    package var drafts: [Draft] = []
    /// Why it has the owner that it has; empty when that never changed.
    package var ownerReason = ""
    /// What the desk said last of its promises.
    package var alert: PromiseAlert?

    package init() {}

    /// A kind that may be none.
    package struct NewKind: Hashable, Sendable {
        package var name: String?

        package init(name: String?) {
            self.name = name
        }
    }

    package struct TagChange: Hashable, Sendable {
        package var tag: String
        package var isOn: Bool

        package init(tag: String, isOn: Bool) {
            self.tag = tag
            self.isOn = isOn
        }
    }

    package struct Draft: Hashable, Sendable {
        package var author: Name
        package var at: Moment
        package var text: String

        package init(author: Name, at: Moment, text: String) {
            self.author = author
            self.at = at
            self.text = text
        }
    }

    /// What a ticket has to do with another.
    package struct Link: Hashable, Sendable {
        package var bond: Bond
        package var ticket: TicketNumber

        package init(_ bond: Bond, _ ticket: TicketNumber) {
            self.bond = bond
            self.ticket = ticket
        }
    }

    package enum Bond: UInt8, CaseIterable, Sendable {
        case follows = 1
        case followedBy = 2
        case splitFrom = 3
        case splitInto = 4
        case partOf = 5
        case hasPart = 6
        case mergedInto = 7
        case mergedFrom = 8
        case related = 9

        /// How the other ticket sees it.
        package var inverse: Bond {
            switch self {
            case .follows: .followedBy
            case .followedBy: .follows
            case .splitFrom: .splitInto
            case .splitInto: .splitFrom
            case .partOf: .hasPart
            case .hasPart: .partOf
            case .mergedInto: .mergedFrom
            case .mergedFrom: .mergedInto
            case .related: .related
            }
        }

        package init(_ cause: Origin.Cause) {
            self =
                switch cause {
                case .follows: .follows
                case .split: .splitFrom
                case .child: .partOf
                }
        }

        /// The word in every output.
        package var word: String {
            switch self {
            case .follows: "follows"
            case .followedBy: "followed-by"
            case .splitFrom: "split-from"
            case .splitInto: "split-into"
            case .partOf: "part-of"
            case .hasPart: "has-part"
            case .mergedInto: "merged-into"
            case .mergedFrom: "merged-from"
            case .related: "related"
            }
        }
    }
}

/// A value that few have, behind a reference: for all others it is one word, and copying it costs next to nothing.
package struct Rare<Value: Hashable & Sendable>: Hashable, Sendable {
    private indirect enum Storage: Hashable, Sendable {
        case none
        case some(Value)
    }

    private var storage = Storage.none

    package init(_ value: Value? = nil) {
        if let value { storage = .some(value) }
    }

    package var value: Value? {
        switch storage {
        case .none: nil
        case .some(let value): value
        }
    }
}

extension TicketRow {
    // What it was submitted with and what was set later, in one.

    package var currentPriority: Priority { extras.value?.priority ?? priority }
    package var currentKind: String? {
        guard let kind = extras.value?.kind else { return kind }
        return kind.name
    }

    package var currentTags: [String] {
        var tags = tags
        for change in extras.value?.tags ?? [] {
            tags.removeAll { $0.utf8.elementsEqual(change.tag.utf8) }
            if change.isOn { tags.append(change.tag) }
        }
        return tags
    }

    package var currentFields: [Field] {
        var fields = fields
        for new in extras.value?.fields ?? [] {
            fields.removeAll { $0.name.utf8.elementsEqual(new.name.utf8) }
            if !new.value.isEmpty { fields.append(new) }
        }
        return fields
    }
}
