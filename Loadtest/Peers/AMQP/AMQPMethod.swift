/// The methods of AMQP 0-9-1 that are used here: class in the upper 16 bits, method in the lower.
///
/// Source: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf and, for confirm.*,
/// https://www.rabbitmq.com/docs/confirms
enum AMQPMethod: UInt32 {
    case connectionStart = 0x000a_000a
    case connectionStartOk = 0x000a_000b
    case connectionTune = 0x000a_001e
    case connectionTuneOk = 0x000a_001f
    case connectionOpen = 0x000a_0028
    case connectionOpenOk = 0x000a_0029
    case connectionClose = 0x000a_0032
    case channelOpen = 0x0014_000a
    case channelOpenOk = 0x0014_000b
    case channelClose = 0x0014_0028
    case queueDeclare = 0x0032_000a
    case queueDeclareOk = 0x0032_000b
    case basicQos = 0x003c_000a
    case basicQosOk = 0x003c_000b
    case basicConsume = 0x003c_0014
    case basicConsumeOk = 0x003c_0015
    case basicCancel = 0x003c_001e
    case basicPublish = 0x003c_0028
    case basicDeliver = 0x003c_003c
    case basicAck = 0x003c_0050
    case basicNack = 0x003c_0078
    case confirmSelect = 0x0055_000a
    case confirmSelectOk = 0x0055_000b
}

/// A frame: a method, or a part of a message's content.
enum AMQPFrame: Hashable {
    /// The range holds the arguments.
    case method(AMQPMethod, Range<Int>)
    /// How long the body is that follows.
    case header(bodyBytes: Int)
    case body(Range<Int>)
    case heartbeat
}

/// Reads frames from bytes of which the last may not be whole yet.
struct AMQPReader {
    static let headBytes = 7
    static let end: UInt8 = 0xce

    let bytes: UnsafeRawBufferPointer
    /// The first byte that is not read yet.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next frame, or nil, without moving, when it is not whole yet.
    ///
    /// - Throws: Also what a connection.close or channel.close says.
    mutating func next() throws(PeerError) -> AMQPFrame? {
        guard offset + Self.headBytes <= bytes.count else { return nil }
        // A server that does not want us answers with its own protocol header and hangs up.
        guard bytes[offset] <= 8 else { throw PeerError("AMQP: the server speaks another version") }
        let start = offset + Self.headBytes
        let finish = start + Int(bytes.bigEndian(UInt32.self, at: offset + 3))
        guard finish < bytes.count else { return nil }
        guard bytes[finish] == Self.end else { throw PeerError("AMQP: a frame does not end where it says") }
        let frame = try frame(type: bytes[offset], start..<finish)
        offset = finish + 1
        return frame
    }

    private func frame(type: UInt8, _ payload: Range<Int>) throws(PeerError) -> AMQPFrame {
        switch type {
        case 1 where payload.count >= 4:
            let code = bytes.bigEndian(UInt32.self, at: payload.lowerBound)
            guard let method = AMQPMethod(rawValue: code) else {
                throw PeerError("AMQP: method \(code >> 16).\(code & 0xffff)")
            }
            let arguments = payload.lowerBound + 4..<payload.upperBound
            if method == .connectionClose || method == .channelClose { throw closing(arguments) }
            return .method(method, arguments)
        case 2 where payload.count >= 12:
            return .header(bodyBytes: Int(bytes.bigEndian(UInt64.self, at: payload.lowerBound + 4)))
        case 3: return .body(payload)
        case 8: return .heartbeat
        default: throw PeerError("AMQP: a frame of type \(type) and \(payload.count) bytes")
        }
    }

    /// A code of 16 bits and a short text.
    private func closing(_ arguments: Range<Int>) -> PeerError {
        let start = arguments.lowerBound
        guard arguments.count > 3, start + 3 + Int(bytes[start + 2]) <= arguments.upperBound else {
            return PeerError("AMQP: the server closes the connection")
        }
        return PeerError("AMQP: \(bytes.text(start + 3..<start + 3 + Int(bytes[start + 2])))")
    }

    /// The delivery tag of a basic.deliver: behind the consumer's tag, a short text.
    func deliveryTag(ofDeliver arguments: Range<Int>) throws(PeerError) -> Int {
        let tag = arguments.lowerBound + 1 + Int(bytes[arguments.lowerBound])
        guard tag + 8 <= arguments.upperBound else { throw PeerError("AMQP: basic.deliver ends too early") }
        return Int(bytes.bigEndian(UInt64.self, at: tag))
    }

    /// The delivery tag of a basic.ack, and whether it stands for all before it too.
    func acknowledgement(_ arguments: Range<Int>) throws(PeerError) -> (tag: Int, isMultiple: Bool) {
        guard arguments.count == 9 else { throw PeerError("AMQP: basic.ack of \(arguments.count) bytes") }
        let tag = Int(bytes.bigEndian(UInt64.self, at: arguments.lowerBound))
        return (tag, bytes[arguments.lowerBound + 8] & 1 == 1)
    }
}

extension ByteBuffer {
    private func frame(_ type: UInt8, channel: UInt16, _ payload: () -> Void) {
        append(type)
        append(bigEndian: channel)
        let start = count
        append(bigEndian: UInt32(0))
        payload()
        overwrite(bigEndian: UInt32(count - start - 4), at: start)
        append(AMQPReader.end)
    }

    /// A method frame; `arguments` writes what follows the method's number.
    func append(amqp method: AMQPMethod, channel: UInt16 = 1, _ arguments: () -> Void = {}) {
        frame(1, channel: channel) {
            append(bigEndian: method.rawValue)
            arguments()
        }
    }

    /// The header and body frames of a persistent message.
    func appendPersistent(bodyBytes: Int, _ body: () -> Void) {
        frame(2, channel: 1) {
            append(bigEndian: UInt16(60))
            append(bigEndian: UInt16(0))
            append(bigEndian: UInt64(bodyBytes))
            // Only the property delivery-mode is set, to 2.
            append(bigEndian: UInt16(0x1000))
            append(2)
        }
        frame(3, channel: 1, body)
    }

    func append(shortText text: StaticString) {
        append(UInt8(text.utf8CodeUnitCount))
        append(text)
    }

    func append(longText text: StaticString) {
        append(bigEndian: UInt32(text.utf8CodeUnitCount))
        append(text)
    }
}
