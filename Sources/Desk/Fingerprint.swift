package import Tickets

/// A 64-bit digest of a command's content (FNV-1a over its parts, a word at a time). Equal content gives equal digests in every
/// process and release, because it is stored with the answer; it guards against mistakes, not against malice:
/// a sender can only ever collide with its own commands.
package struct Fingerprint {
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    package init(_ action: Action, author: Author) {
        add(author.role.rawValue)
        add(author.displayName.text)
        add(action)
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    private mutating func add(_ number: UInt64) {
        value = (value ^ number) &* 0x0000_0100_0000_01b3
        value ^= value >> 32
    }

    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Eight bytes at a time, the last ones with zeros after them; the count comes first, so that is no other text.
    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(UInt64(bytes.count))
        var index = 0
        while index + 8 <= bytes.count {
            add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        guard index < bytes.count else { return }
        var rest: UInt64 = 0
        for (place, byte) in bytes[index...].enumerated() { rest |= UInt64(byte) << (8 * UInt64(place)) }
        add(rest)
    }

    private mutating func add(_ text: String?) {
        guard let text else { return add(UInt8(0)) }
        add(UInt8(1))
        add(text)
    }

    private mutating func add(_ ticket: TicketNumber, _ token: Token?) {
        add(ticket.rawValue)
        add(UInt8(token == nil ? 0 : 1))
        add(token?.rawValue ?? 0)
    }

    private mutating func add(_ action: Action) {
        switch action {
        case .submit(let submission):
            add(UInt8(1))
            add(submission)
        case .followUp(let ticket, let body):
            add(UInt8(2))
            add(ticket, nil)
            add(body)
        case .claim(let ticket, let lease):
            add(UInt8(3))
            add(ticket, nil)
            add(UInt64(bitPattern: lease))
        case .note(let ticket, let token, let text):
            add(UInt8(4))
            add(ticket, token)
            add(text)
        case .reply(let ticket, let token, let seen, let text):
            add(UInt8(5))
            add(ticket, token)
            add(UInt64(seen))
            add(text)
        case .escalate(let ticket, let token, let line, let note, let budget):
            add(UInt8(6))
            add(ticket, token)
            add(line?.text)
            add(note)
            if let budget { add(UInt64(bitPattern: budget)) }
        case .handBack(let ticket, let token, let note):
            add(UInt8(7))
            add(ticket, token)
            add(note)
        case .resolve(let ticket, let token, let seen, let text):
            add(UInt8(8))
            add(ticket, token)
            add(UInt64(seen))
            add(text)
        case .pend(let ticket, let token, let onHold, let until, let reason):
            add(UInt8(9))
            add(ticket, token)
            add(UInt8(onHold ? 1 : 0))
            add(UInt8(until == nil ? 0 : 1))
            add(UInt64(bitPattern: until?.milliseconds ?? 0))
            add(reason)
        case .release(let ticket, let token, let reason, let failed):
            add(UInt8(10))
            add(ticket, token)
            add(UInt8(failed ? 1 : 0))
            add(reason)
        case .decline(let ticket, let token, let reason):
            add(UInt8(11))
            add(ticket, token)
            add(reason)
        case .configure(let configuration):
            add(UInt8(30))
            add(configuration.basis)
            configuration.settings.withUnsafeBytes { add($0) }
            add(configuration.source)
            add(configuration.reason)
        case .amend(let ticket, let token, let amendment):
            add(UInt8(40))
            add(ticket, token)
            add(AmendmentFields(amendment))
        case .takeOver(let ticket, let lease, let reason):
            add(UInt8(41))
            add(ticket, nil)
            add(UInt64(bitPattern: lease))
            add(reason)
        case .merge(let ticket, let token, let target):
            add(UInt8(42))
            add(ticket, token)
            add(target.rawValue)
        case .improve(let topic, let text):
            add(UInt8(43))
            add(topic)
            add(text)
        }
    }

    private mutating func add(_ submission: Submission) {
        add(submission.channel.text)
        add(submission.customer)
        add(submission.subject)
        add(submission.body)
        add(submission.kind)
        add(submission.priority.rawValue)
        add(UInt64(submission.tags.count))
        for tag in submission.tags { add(tag) }
        add(UInt64(submission.fields.count))
        for field in submission.fields {
            add(field.name)
            add(field.value)
        }
        // Others have the digest that they had before there were origins.
        guard let origin = submission.origin else { return }
        add(origin.cause.rawValue)
        add(origin.ticket.rawValue)
    }

    private mutating func add(_ fields: AmendmentFields) {
        add(fields.subject.rawValue)
        add(fields.name)
        add(fields.text)
        add(fields.number)
        add(UInt8(fields.isOff ? 1 : 0))
        add(UInt64(fields.values.count))
        for value in fields.values { add(value) }
    }
}
