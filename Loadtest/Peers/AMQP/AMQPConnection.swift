/// A connection with one channel open, number 1.
struct AMQPConnection {
    let stream: ByteStream

    /// - Returns: The connection, and the version that the server told.
    static func open(port: UInt16) throws(PeerError) -> (Self, version: String) {
        let connection = Self(stream: try ByteStream(port: port))
        let output = connection.stream.output
        output.append("AMQP\0\0\u{9}\u{1}")
        let version = try connection.wait(for: .connectionStart) { Self.version(in: $0, $1) }
        output.append(amqp: .connectionStartOk, channel: 0) {
            output.append(bigEndian: UInt32(0))
            output.append(shortText: "PLAIN")
            output.append(longText: "\0guest\0guest")
            output.append(shortText: "en_US")
        }
        let frameBytesMax = try connection.wait(for: .connectionTune) {
            $0.bigEndian(UInt32.self, at: $1.lowerBound + 2)
        }
        output.append(amqp: .connectionTuneOk, channel: 0) {
            output.append(bigEndian: UInt16(1))
            output.append(bigEndian: frameBytesMax)
            // No heartbeats: what does not answer is noticed by the stall of the measurement.
            output.append(bigEndian: UInt16(0))
        }
        output.append(amqp: .connectionOpen, channel: 0) {
            output.append(shortText: "/")
            output.append(bigEndian: UInt16(0))
        }
        try connection.wait(for: .connectionOpenOk) { _, _ in }
        output.append(amqp: .channelOpen) { output.append(0) }
        try connection.wait(for: .channelOpenOk) { _, _ in }
        return (connection, version)
    }

    /// Declares the durable queue of type `classic` or `quorum`, or asks about it when `isPassive`.
    ///
    /// Tells how many messages are ready, and how many consumers there are.
    func declareQueue(
        _ type: StaticString, isPassive: Bool
    ) throws(PeerError) -> (messages: Int, consumers: Int) {
        let output = stream.output
        output.append(amqp: .queueDeclare) {
            output.append(bigEndian: UInt16(0))
            output.append(shortText: "jobs")
            output.append(isPassive ? 0b11 : 0b10)
            // A table of one field, x-queue-type, a long text (S).
            output.append(bigEndian: UInt32(1 + 12 + 1 + 4 + type.utf8CodeUnitCount))
            output.append(shortText: "x-queue-type")
            output.append(UInt8(ascii: "S"))
            output.append(longText: type)
        }
        return try wait(for: .queueDeclareOk) { bytes, arguments in
            let counts = arguments.lowerBound + 1 + Int(bytes[arguments.lowerBound])
            return (
                Int(bytes.bigEndian(UInt32.self, at: counts)),
                Int(bytes.bigEndian(UInt32.self, at: counts + 4))
            )
        }
    }

    func setPrefetch(_ count: Int) {
        let output = stream.output
        output.append(amqp: .basicQos) {
            output.append(bigEndian: UInt32(0))
            output.append(bigEndian: UInt16(count))
            output.append(0)
        }
    }

    func selectConfirms() throws(PeerError) {
        stream.output.append(amqp: .confirmSelect) { stream.output.append(0) }
        try wait(for: .confirmSelectOk) { _, _ in }
    }

    func consume() {
        let output = stream.output
        output.append(amqp: .basicConsume) {
            output.append(bigEndian: UInt16(0))
            output.append(shortText: "jobs")
            output.append(shortText: "")
            output.append(0)
            output.append(bigEndian: UInt32(0))
        }
    }

    /// Waits for a method, and gives what `read` makes of its arguments. Never while measuring.
    @discardableResult
    func wait<Value>(
        for method: AMQPMethod, _ read: (UnsafeRawBufferPointer, Range<Int>) -> Value
    ) throws(PeerError) -> Value {
        try stream.exchange { () throws(PeerError) in
            var reader = AMQPReader(stream.input.readable)
            guard let frame = try reader.next() else { return nil }
            guard case .method(method, let arguments) = frame else {
                throw PeerError("AMQP: \(frame), not \(method)")
            }
            let value = read(reader.bytes, arguments)
            stream.input.consume(reader.offset)
            return value
        }
    }

    /// The field `version` of the server's properties: its name, S for a long text, the length, the text.
    private static func version(in bytes: UnsafeRawBufferPointer, _ arguments: Range<Int>) -> String {
        for offset in arguments where bytes.starts(with: "\u{7}versionS", at: offset) {
            let text = offset + 13
            guard text <= arguments.upperBound else { break }
            let end = text + Int(bytes.bigEndian(UInt32.self, at: offset + 9))
            if end <= arguments.upperBound { return bytes.text(text..<end) }
        }
        return "unknown"
    }
}
