package import Tickets
package import ZeroMQ

/// Why something could not be done through a ``Connection``: what is wrong, where, and what to do.
package enum ClientError: Error, Hashable, CustomStringConvertible {
    /// The key file does not say which broker it belongs to.
    case noServerKey(server: String, user: String)
    /// Nobody takes connections there.
    case nothingListens(endpoint: String, milliseconds: Int64)
    /// The other end does not know our key.
    case keyRefused(endpoint: String, user: String)
    /// Somebody listens there who does not prove to be the owner of the key that we expect.
    case wrongServer(endpoint: String, user: String)
    /// One end uses CURVE and the other does not.
    case otherMechanism(endpoint: String)
    /// It is connected and says nothing.
    case noAnswer(endpoint: String, milliseconds: Int64)
    /// A command was sent and has no answer: it may have been carried out or not.
    case outcomeUnknown(endpoint: String, id: CommandID, milliseconds: Int64)
    /// The broker will have nothing to do with this session, or refused the one command that was asked for.
    case refused(Refusal)
    /// libzmq or the kernel failed.
    case socket(ZeroMQError)

    package var description: String {
        switch self {
        case .noServerKey(let server, let user):
            "the key file of \(user) has no line `\(server):`, so the \(server) cannot be told from an impostor: "
                + "add the line with the \(server)'s public key"
        case .nothingListens(let endpoint, let milliseconds):
            "nothing listens at \(endpoint) (tried for \(milliseconds) ms): start the broker, or correct the endpoint"
        case .keyRefused(let endpoint, let user):
            "the server at \(endpoint) does not know the key of \(user): it was revoked, or is of another cluster; "
                + "see `switchboard keys list` there"
        case .wrongServer(let endpoint, let user):
            "whoever listens at \(endpoint) does not have the server key that the file of \(user) names, or does "
                + "without CURVE: correct the endpoint, or take the key file of that cluster"
        case .otherMechanism(let endpoint):
            "we and the server at \(endpoint) do not both use CURVE: give --insecure-loopback to both or to neither"
        case .noAnswer(let endpoint, let milliseconds):
            "the server at \(endpoint) is connected and did not answer within \(milliseconds) ms: "
                + "look at its log; it may be stopped, overloaded or still starting"
        case .outcomeUnknown(let endpoint, let id, let milliseconds):
            "no answer from \(endpoint) within \(milliseconds) ms: the command may have been carried out; "
                + "send it again with the id \(id.hexadecimal) to find out, it is carried out once"
        case .refused(let refusal):
            refusal.description
        case .socket(let error):
            "\(error)"
        }
    }
}

extension CommandID {
    /// 32 digits.
    package var hexadecimal: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// Nil unless there are 32 hexadecimal digits.
    package init?(hexadecimal text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 32, !bytes.contains(UInt8(ascii: "+")), !bytes.contains(UInt8(ascii: "-")),
            let high = UInt64(String(decoding: bytes[..<16], as: UTF8.self), radix: 16),
            let low = UInt64(String(decoding: bytes[16...], as: UTF8.self), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}
