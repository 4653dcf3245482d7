import Tickets

/// The commands of a session that have no answer yet, in the order in which they were given.
///
/// Each has a number that grows with every command. Those below ``cursor`` have been sent to the broker as it
/// is now; a new broker means a rewind, and all of them go out again under the same ids.
struct Outbox: Sendable {
    private struct Slot: Sendable {
        var command: Command
        /// At least as many bytes as the command takes on the wire.
        var bytesMax: Int
        /// When it was last sent; nil while it never was.
        var sentMilliseconds: Int64?
    }

    private struct Delayed: Sendable {
        var slot: Slot
        var dueMilliseconds: Int64
    }

    /// What ``rewind(to:)`` goes back to when a frame did not leave.
    struct Mark: Sendable {
        fileprivate var cursor: UInt64
        fileprivate var inFlight: Int
    }

    /// nil where a command has its answer. An array, because what is in one can be looked at without a copy.
    private var slots: [Slot?] = []
    /// How many slots at the front are nil; they leave memory when they are half of all.
    private var gone = 0
    /// The number of the first slot.
    private var first: UInt64 = 0
    /// The number of the first command that is to be sent.
    private var cursor: UInt64 = 0
    private var numbers: [CommandID: UInt64] = [:]
    /// Refused for now; earliest first.
    private var delayed: [Delayed] = []
    /// Commands that were sent to the broker as it is now and have no answer.
    private(set) var inFlight = 0

    /// Commands that have no answer.
    var count: Int { numbers.count + delayed.count }

    var mark: Mark { Mark(cursor: cursor, inFlight: inFlight) }

    /// The command of this id that has no answer.
    func command(_ id: CommandID) -> Command? {
        if let number = numbers[id] { return slots[Int(number - first)]?.command }
        return delayed.first { $0.slot.command.id == id }?.slot.command
    }

    /// Whether the command has no answer and was sent at least once.
    func wasSent(_ id: CommandID) -> Bool {
        guard let number = numbers[id] else { return false }
        return slots[Int(number - first)]?.sentMilliseconds != nil
    }

    mutating func append(_ command: Command, bytesMax: Int) {
        append(Slot(command: command, bytesMax: bytesMax, sentMilliseconds: nil))
    }

    /// The next commands for a frame, as long as fewer than `window` are without their answer.
    mutating func nextBatch(countMax: Int, bytesMax: Int, window: Int, now: Int64) -> [Command] {
        var batch: [Command] = []
        var bytes = 0
        while batch.count < countMax, canSend(window: window) {
            let index = Int(cursor - first)
            guard let more = slots[index]?.bytesMax else {
                cursor += 1
                continue
            }
            guard batch.isEmpty || bytes + more <= bytesMax else { break }
            bytes += more
            if let command = slots[index]?.command { batch.append(command) }
            #if PLANTED_BUGS
                if PlantedBug.isActive(.newIDWhenResent), slots[index]?.sentMilliseconds != nil {
                    batch[batch.count - 1].id.low += 1 << 20
                }
            #endif
            slots[index]?.sentMilliseconds = now
            cursor += 1
            inFlight += 1
        }
        return batch
    }

    /// Takes the command out; false when it has had its answer.
    mutating func answer(_ id: CommandID) -> Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.answeredTwice), command(id) != nil { return true }
        #endif
        guard let number = numbers.removeValue(forKey: id) else { return false }
        empty(number)
        return true
    }

    /// Puts a command that is on its way to the end of the outbox, not to be sent before a time.
    mutating func delay(_ id: CommandID, until due: Int64) -> Bool {
        guard let slot = take(id) else { return false }
        let index = delayed.firstIndex { $0.dueMilliseconds > due } ?? delayed.count
        delayed.insert(Delayed(slot: slot, dueMilliseconds: due), at: index)
        return true
    }

    /// Puts what was delayed until now back in line.
    mutating func wakeDelayed(now: Int64) {
        while let next = delayed.first, next.dueMilliseconds <= now {
            delayed.removeFirst()
            #if PLANTED_BUGS
                if PlantedBug.isActive(.delayedForgotten) { continue }
            #endif
            append(next.slot)
        }
    }

    /// Everything unanswered is to be sent again.
    mutating func rewind() {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.outboxNotRewound) { return }
        #endif
        cursor = first
        inFlight = 0
    }

    /// The last batch did not leave.
    mutating func rewind(to mark: Mark) {
        cursor = max(mark.cursor, first)
        inFlight = mark.inFlight
    }

    /// Takes out commands that were never sent, or refused for now: the broker has not carried them out.
    ///
    /// - Returns: Their ids, in order.
    mutating func withdraw(where matches: (Command) -> Bool) -> [CommandID] {
        var ids: [CommandID] = []
        for slot in slots {
            guard let slot, slot.sentMilliseconds == nil, matches(slot.command) else { continue }
            ids.append(slot.command.id)
        }
        ids += delayed.filter { matches($0.slot.command) }.map(\.slot.command.id)
        delayed.removeAll { matches($0.slot.command) }
        for id in ids where numbers[id] != nil { _ = take(id) }
        return ids
    }

    /// When the oldest command on its way was sent.
    var oldestSentMilliseconds: Int64? {
        guard inFlight > 0, gone < slots.count else { return nil }
        return slots[gone]?.sentMilliseconds
    }

    /// When the next delayed command is due.
    var dueMilliseconds: Int64? { delayed.first?.dueMilliseconds }

    /// Whether a batch could be made now.
    func canSend(window: Int) -> Bool {
        cursor < first + UInt64(slots.count) && inFlight + delayed.count < window
    }

    private mutating func append(_ slot: Slot) {
        numbers[slot.command.id] = first + UInt64(slots.count)
        slots.append(slot)
    }

    private mutating func take(_ id: CommandID) -> Slot? {
        guard let number = numbers.removeValue(forKey: id) else { return nil }
        let slot = slots[Int(number - first)]
        empty(number)
        return slot
    }

    private mutating func empty(_ number: UInt64) {
        slots[Int(number - first)] = nil
        if number < cursor { inFlight -= 1 }
        while gone < slots.count, slots[gone] == nil { gone += 1 }
        cursor = max(cursor, first + UInt64(gone))
        guard gone > slots.count / 2 else { return }
        slots.removeSubrange(..<gone)
        first += UInt64(gone)
        gone = 0
    }
}

extension Command {
    /// At least the bytes that the command takes in a frame: its texts, and generously what stands around
    /// them.
    var bytesMax: Int {
        // The id, two numbers and a count, with tags and lengths, take 60 bytes at most.
        96 + action.textBytesMax
    }
}

extension Action {
    /// Each text has a tag and a length, and so has a field around its two: 12 bytes a text cover both.
    fileprivate var textBytesMax: Int {
        switch self {
        case .submit(let submission): submission.textBytesMax
        case .claim, .merge: 0
        case .amend(_, _, let amendment):
            AmendmentFields(amendment).name.bytesMax + AmendmentFields(amendment).text.bytesMax
        case .takeOver(_, _, let reason): reason.bytesMax
        case .followUp(_, let text), .note(_, _, let text), .reply(_, _, _, let text),
            .handBack(_, _, let text),
            .pend(_, _, _, _, let text), .release(_, _, let text, _), .decline(_, _, let text):
            text.bytesMax
        case .escalate(_, _, let line, let note, _): (line?.text ?? "").bytesMax + note.bytesMax
        case .resolve(_, _, _, let text): (text ?? "").bytesMax
        case .improve(let topic, let text): topic.bytesMax + text.bytesMax
        case .configure(let wish): wish.settings.count + 12 + wish.source.bytesMax + wish.reason.bytesMax
        }
    }
}

extension Submission {
    fileprivate var textBytesMax: Int {
        var count = channel.text.bytesMax + customer.bytesMax + subject.bytesMax + body.bytesMax
        count += (kind ?? "").bytesMax
        // Of the origin: two tags of two bytes, a number and a cause.
        count += origin == nil ? 0 : 16
        for tag in tags { count += tag.bytesMax }
        for field in fields { count += field.name.bytesMax + field.value.bytesMax }
        return count
    }
}

extension String {
    fileprivate var bytesMax: Int { utf8.count + 12 }
}
