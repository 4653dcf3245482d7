package import ProtoBytes
import SwiftProtobuf
package import Tickets

/// An envelope from the broker. Answers and grants, of which there are tens of thousands a second, are read and
/// written in place; the rest are generated messages.
package struct FrameFromBroker: Sendable {
    package enum Item: Sendable {
        case answer(CommandID, Answer)
        case grant(GrantMessage)
        case other(ProtoItem)
    }

    /// In order.
    package var items: [Item] = []

    package init(_ proto: ProtoFromBroker) {
        items = proto.items.map { Item($0) }
    }

    /// Reads what the broker sent. Total: any bytes give a frame or a refusal.
    ///
    /// What is not written in the plain way is read by the generated code, which has the last word.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> Result<FrameFromBroker, Refusal> {
        do {
            return .success(try FrameFromBroker(plain: bytes))
        } catch {
            return ProtoFromBroker.decode(bytes).map { FrameFromBroker($0) }
        }
    }

    private init(plain bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        var envelope = PlainFields(bytes, repeatedFrom: 2)
        guard let version = try envelope.next(), version.number == 1,
            try envelope.number(version) == UInt64(wireVersion)
        else { throw .malformed }
        while let key = try envelope.next() {
            guard key.number == 2 else { throw .malformed }
            items.append(try Item(plain: try envelope.slice(key)))
        }
    }
}

extension FrameFromBroker.Item {
    init(_ proto: ProtoItem) {
        switch proto.body {
        case .answer(let answer):
            guard let id = CommandID(answer.commandID) else { break }
            self = .answer(id, Answer(answer))
            return
        case .grant(let grant):
            self = .grant(GrantMessage(grant))
            return
        case .welcome, .error, .revoked, .pong, .queryResult, nil: break
        }
        self = .other(proto)
    }

    fileprivate init(plain bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        var fields = PlainFields(bytes)
        guard let key = try fields.next() else { throw .malformed }
        let body = try fields.slice(key)
        try fields.finish()
        switch key.number {
        case 2: self = try Self.answer(body)
        case 4: self = .grant(try GrantMessage(body))
        case 6 where body.isEmpty: self = Self.pong
        default:
            do {
                var options = BinaryDecodingOptions()
                options.discardUnknownFields = true
                options.messageDepthLimit = 16
                self = .other(try ProtoItem(serializedBytes: Array(bytes), options: options))
            } catch {
                throw .malformed
            }
        }
    }

    private static let pong = FrameFromBroker.Item.other(.with { $0.pong = ProtoPong() })

    private static func answer(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) -> Self {
        var fields = PlainFields(bytes)
        guard let id = CommandID(bigEndian: try fields.slice(of: 1)) else { throw .malformed }
        var answer = Answer(ticket: TicketNumber(0), token: Token(0), position: .start)
        while let key = try fields.next() {
            switch key.number {
            case 2: answer.ticket = TicketNumber(try fields.number(key))
            case 3: answer.token = Token(try fields.number(key))
            case 4: answer.position = Position(try fields.number(key))
            case 5: answer.expectedWaitMilliseconds = Int64(bitPattern: try fields.number(key))
            case 6: answer.told = try fields.number32(key)
            case 7: answer.entry = try fields.number32(key)
            default: throw .malformed
            }
        }
        return .answer(id, answer)
    }
}

/// A grant as it came: what a session needs at once is read, the rest when somebody asks.
package struct GrantMessage: Hashable, Sendable {
    package var ticket = TicketNumber(0)
    package var token = Token(0)
    /// Number of the customer's last message.
    package var lastMessage: UInt32 = 0
    private var bytes: [UInt8] = []

    package init(_ proto: ProtoGrant) {
        ticket = TicketNumber(proto.ticket.number)
        token = Token(proto.token)
        lastMessage = proto.ticket.lastMessage
        bytes = proto.encoded()
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        var fields = ProtoReader(bytes)
        while let key = try fields.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): try read(ticket: try fields.slice())
            case (2, .varint): token = Token(try fields.varint())
            default: try fields.skip(key)
            }
        }
        self.bytes = Array(bytes)
    }

    private mutating func read(ticket bytes: UnsafeRawBufferPointer) throws(ProtoFlaw) {
        var fields = ProtoReader(bytes)
        while let key = try fields.next() {
            switch (key.number, key.kind) {
            case (1, .varint): ticket = TicketNumber(try fields.varint())
            case (20, .varint): lastMessage = UInt32(truncatingIfNeeded: try fields.varint())
            default: try fields.skip(key)
            }
        }
    }

    /// The whole grant as it came, in the schema's `Grant`; valid inside the closure.
    package func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(ProtoFlaw) -> Result
    ) throws(ProtoFlaw) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(ProtoFlaw) in
            try body(UnsafeRawBufferPointer(bytes))
        }
    }
}

extension ProtoWriter {
    /// Begins a frame from the broker; items follow.
    package mutating func beginFrameFromBroker() {
        field(1, wireVersion)
    }

    /// Begins an item with a body; end both with ``endItem(_:)``.
    package mutating func beginItem(_ body: UInt32) -> (item: Int, body: Int) {
        (begin(2), begin(body))
    }

    package mutating func endItem(_ marks: (item: Int, body: Int)) {
        end(marks.body)
        end(marks.item)
    }

    package mutating func item(_ answer: Answer, of command: CommandID) {
        let marks = beginItem(2)
        field(1, high: command.high, low: command.low)
        field(2, answer.ticket.rawValue)
        field(3, answer.token.rawValue)
        field(4, answer.position.rawValue)
        if let wait = answer.expectedWaitMilliseconds { fieldAlways(5, UInt64(bitPattern: wait)) }
        if let told = answer.told { fieldAlways(6, UInt64(told)) }
        if let entry = answer.entry { fieldAlways(7, UInt64(entry)) }
        endItem(marks)
    }

    package mutating func pongItem() {
        endItem(beginItem(6))
    }

    package mutating func item(_ item: ProtoItem) {
        item.encoded().withUnsafeBytes { fieldAlways(2, $0) }
    }
}
