package import Desk
import Foundation
import Promises
import Tickets

extension LogLine {
    package init(_ record: Record) {
        position = record.position.rawValue
        (at, atMs) = (record.at.iso8601, record.at.milliseconds)
        author = Person(
            role: record.author.role.word, key: record.author.key.text, node: record.author.node?.text,
            agent: record.author.agent?.text)
        command = record.command.map { stamp in
            let id = [stamp.id.high, stamp.id.low].map { TurnEnd.hexadecimal($0, digits: 16) }
            return Stamp(
                id: id.joined(), fingerprint: TurnEnd.hexadecimal(stamp.fingerprint, digits: 16))
        }
        event = record.event.kindWord
        ticket = record.event.ticket?.rawValue
        token = record.event.token?.rawValue
        write(record.event)
    }

    private mutating func write(_ event: Event) {
        switch event {
        case .submitted(_, let line, let submission):
            self.line = line.text
            write(submission)
        case .followedUp(_, let entry, let body, let wakes):
            message = Text(entry: entry, text: body)
            self.wakes = wakes
        case .claimed(_, _, let holder, let lease): write(holder, lease)
        case .noted(_, _, let entry, let text): note = Text(entry: entry, text: text.text)
        case .replied(_, _, let reply): self.reply = Text(reply)
        case .escalated(_, _, let line, let entry, let note, let budget):
            self.line = line.text
            self.note = Text(entry: entry, text: note.text)
            budgetMs = budget
        case .handedBack(_, _, let line, let entry, let note):
            self.line = line.text
            self.note = Text(entry: entry, text: note.text)
        case .resolved(_, _, let reply): self.reply = reply.map { Text($0) }
        case .pended(_, _, let onHold, let until, let reason):
            (self.onHold, untilMs, self.reason) = (onHold, until?.milliseconds, reason)
        case .woke: break
        case .overflowed(_, let line, let reason):
            self.line = line.text
            if !reason.isEmpty { self.reason = reason }
        case .released(_, _, let cause, let reason, let failures, let parks):
            (self.cause, self.reason, self.failures, self.parks) = (cause.word, reason, failures, parks)
        case .closed(let tickets): self.tickets = tickets.map(\.rawValue)
        case .configured(let configuration):
            (version, source, reason) = (configuration.version, configuration.source, configuration.reason)
            settings = Data(SettingsCoding.encode(configuration.settings)).base64EncodedString()
        case .amended(_, _, let amendment, let lacking):
            set = Setting(AmendmentFields(amendment))
            self.lacking = Self.some(lacking)
        case .tookOver(_, _, let holder, let lease, let reason):
            write(holder, lease)
            self.reason = reason
        case .merged(let ended, _, let target): (ticket, into) = (ended.rawValue, target.rawValue)
        case .alerted(_, let alert, let notice):
            self.alert = Alert(
                clock: alert.clock.kind.word, ordinal: alert.clock.ordinal, rule: alert.rule,
                dueMs: alert.due.milliseconds, warningMs: alert.warning)
            reply = notice.map { Text($0) }
        case .acknowledged(_, let letter, let promised): (reply, promisedMs) = (Text(letter), promised)
        case .improved(let improvement):
            self.improvement = Telling(
                topic: improvement.topic, outbox: improvement.outbox, text: improvement.text.text,
                letters: improvement.letters.map { .init(ticket: $0.ticket.rawValue, entry: $0.entry) })
        }
    }

    private mutating func write(_ submission: Submission) {
        (channel, customer, subject) = (submission.channel.text, submission.customer, submission.subject)
        message = Text(entry: 1, text: submission.body)
        (kind, priority, tags) = (submission.kind, submission.priority.word, Self.some(submission.tags))
        fields = Self.some(submission.fields.map { NamedValue(name: $0.name, value: $0.value) })
        origin = submission.origin.map { Origin(ticket: $0.ticket.rawValue, cause: $0.cause.word) }
        rules = submission.ruling.map { Rules($0) }
        others = submission.others == 0 ? nil : submission.others
        group = submission.group
        (familiar, expectedWaitMs) = (submission.familiar?.text, submission.expectedWaitMilliseconds)
    }

    private mutating func write(_ holder: Tickets.Holder, _ lease: Int64) {
        self.holder = Holder(
            node: holder.node.text, incarnation: holder.incarnation, agent: holder.agent?.text)
        leaseMs = lease
    }

    /// Lists that are empty are left out.
    fileprivate static func some<Value>(_ values: [Value]) -> [Value]? { values.isEmpty ? nil : values }
}

extension LogLine.Text {
    fileprivate init(_ reply: Reply) {
        self.init(entry: reply.entry, outbox: reply.outbox, text: reply.text.text)
    }
}

extension LogLine.Rules {
    fileprivate init(_ ruling: Ruling) {
        func skills(_ skills: [Tickets.Skill]) -> [Skill]? {
            LogLine.some(
                skills.map { Skill(name: $0.name.text, level: UInt32(clamping: $0.level)) })
        }
        self.init(
            fired: ruling.rules, sentPriority: ruling.priority.word, sentKind: ruling.kind,
            sentTags: UInt32(clamping: ruling.tagCount), required: skills(ruling.demands.required),
            preferred: skills(ruling.demands.preferred))
    }
}

extension LogLine.Setting {
    fileprivate init(_ fields: AmendmentFields) {
        self.init(
            what: fields.subject.word, name: fields.name.isEmpty ? nil : fields.name,
            text: fields.text.isEmpty ? nil : fields.text, number: fields.number == 0 ? nil : fields.number,
            off: fields.isOff ? true : nil, values: LogLine.some(fields.values))
    }
}

extension AmendmentFields.Subject {
    /// The word in an export.
    var word: String {
        switch self {
        case .kind: "kind"
        case .priority: "priority"
        case .tag: "tag"
        case .field: "field"
        case .participant: "participant"
        case .spam: "spam"
        case .parent: "parent"
        case .link: "link"
        case .owner: "owner"
        case .draft: "draft"
        case .feedback: "feedback"
        case .given: "given"
        case .offered: "offered"
        case .accepted: "accepted"
        case .status: "status"
        }
    }
}

extension Event {
    /// Which event it is, in an export: one word for each kind, whatever came of it.
    fileprivate var kindWord: String {
        switch self {
        case .released: "released"
        case .amended: "amended"
        case .alerted: "alerted"
        case .submitted, .followedUp, .claimed, .noted, .replied, .escalated, .handedBack, .resolved, .pended,
            .woke, .closed, .configured, .overflowed, .tookOver, .merged, .acknowledged, .improved:
            word
        }
    }
}
