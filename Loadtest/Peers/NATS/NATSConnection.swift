/// A connection that has said CONNECT.
struct NATSConnection {
    let stream: ByteStream
    /// Unique on the server; part of this connection's inbox.
    let number: Int

    /// - Returns: The connection, and the server's INFO.
    static func open(port: UInt16, number: Int) throws(PeerError) -> (Self, info: String) {
        let connection = Self(stream: try ByteStream(port: port), number: number)
        let stream = connection.stream
        stream.output.append(
            #"CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true,"#)
        stream.output.append(#""lang":"swift","version":"1","protocol":1}"#)
        stream.output.append("\r\nSUB in.")
        stream.output.append(decimal: number)
        stream.output.append(".* 1\r\nPING\r\n")
        var info = ""
        while true {
            let frame = try connection.next { frame, reader in
                if case .info(let text) = frame { info = reader.bytes.text(text) }
            }
            if frame == .pong { return (connection, info) }
        }
    }

    /// Begins a PUB with this connection's inbox and `token` for the answer; `length` bytes and CR LF follow.
    func publish(_ subject: StaticString, token: Int, length: Int) {
        stream.output.append("PUB ")
        stream.output.append(subject)
        appendReply(token: token, length: length)
    }

    func publish(_ subject: UnsafeRawBufferPointer, token: Int, length: Int) {
        stream.output.append("PUB ")
        stream.output.append(subject)
        appendReply(token: token, length: length)
    }

    private func appendReply(token: Int, length: Int) {
        let output = stream.output
        output.append(" in.")
        output.append(decimal: number)
        output.append(0x2e)
        output.append(decimal: token)
        output.append(0x20)
        output.append(decimal: length)
        output.append("\r\n")
    }

    /// A question to JetStream and its answer, JSON both. Never while measuring.
    func request(_ subject: String, _ json: String) throws(PeerError) -> String {
        Array("\(subject)".utf8).withUnsafeBytes { publish($0, token: 0, length: json.utf8.count) }
        stream.output.append(text: json + "\r\n")
        while true {
            var answer: String?
            _ = try next { frame, reader in
                if case .message(_, _, _, let body) = frame { answer = reader.bytes.text(body) }
            }
            guard let answer else { continue }
            guard !answer.contains(#""error""#) else { throw PeerError("\(subject): \(answer)") }
            return answer
        }
    }

    private func next(_ note: (NATSFrame, NATSReader) -> Void) throws(PeerError) -> NATSFrame {
        try stream.exchange { () throws(PeerError) in
            var reader = NATSReader(stream.input.readable)
            guard let frame = try reader.next() else { return nil }
            if case .error = frame { throw reader.error(frame) }
            note(frame, reader)
            stream.input.consume(reader.offset)
            return frame
        }
    }
}

/// The number or text of a field in flat JSON, where its name occurs for the first time; nil when it does
/// not.
func jsonField(_ name: String, in json: String) -> String? {
    let bytes = Array(json.utf8)
    let key = Array("\"\(name)\":".utf8)
    guard bytes.count > key.count else { return nil }
    for start in 0..<(bytes.count - key.count) where bytes[start..<start + key.count].elementsEqual(key) {
        let value = bytes[(start + key.count)...].drop { $0 == 0x20 || $0 == 0x22 }
        return String(decoding: value.prefix { $0 != 0x22 && $0 != 0x2c && $0 != 0x7d }, as: UTF8.self)
    }
    return nil
}
