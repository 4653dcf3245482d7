import Testing

@testable import Peers

@Suite struct RESPReaderTests {
    private static let replies = Array(
        "+OK\r\n-ERR no\r\n:-12\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n:1\r\n*1\r\n$0\r\n\r\n*-1\r\n".utf8)

    @Test func `every token, wherever the bytes were cut`() throws {
        let read = try atEveryCut(Self.replies) { bytes, values in
            var reader = RESPReader(bytes)
            while let token = try reader.next() {
                switch token {
                case .simple(let range): values.append("+" + bytes.text(range))
                case .error(let range): values.append("-" + bytes.text(range))
                case .integer(let value): values.append(":\(value)")
                case .bulk(let range): values.append("$" + (range.map { bytes.text($0) } ?? "null"))
                case .array(let count): values.append("*" + (count.map { "\($0)" } ?? "null"))
                }
            }
            return reader.offset
        }
        let expected = ["+OK", "-ERR no", ":-12", "$a\r\n", "$null", "*2", ":1", "*1", "$", "*null"]
        #expect(read.allSatisfy { $0 == expected })
    }

    @Test func `a reply is skipped only when all that belongs to it is there`() throws {
        let nested = Array("*1\r\n*2\r\n$4\r\njobs\r\n*1\r\n:7\r\n".utf8)
        for length in 0...nested.count {
            try reading(nested[..<length]) { bytes in
                var reader = RESPReader(bytes)
                let isWhole = try reader.skipReply()
                #expect(isWhole == (length == nested.count))
                #expect(reader.offset == (length == nested.count ? length : 0))
            }
        }
    }

    @Test func `what is no RESP is refused`() throws {
        for text in ["HTTP/1.1 400\r\n", "$x\r\n", "*\r\n"] {
            try reading(text.utf8) { bytes in
                var reader = RESPReader(bytes)
                #expect(throws: PeerError.self) { try reader.next() }
            }
        }
    }

    @Test func `a command is written as an array of bulk strings`() {
        let bytes = written { buffer in
            buffer.append(respParts: 3)
            buffer.append(resp: "XACK")
            buffer.append(respDecimal: 120)
            Array("1-0".utf8).withUnsafeBytes { buffer.append(resp: $0) }
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "*3\r\n$4\r\nXACK\r\n$3\r\n120\r\n$3\r\n1-0\r\n")
    }
}
