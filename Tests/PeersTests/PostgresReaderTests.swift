import Testing

@testable import Peers

@Suite struct PostgresReaderTests {
    /// A message as the server sends it.
    private func message(_ kind: PostgresMessage.Kind, _ content: [UInt8]) -> [UInt8] {
        written { buffer in
            buffer.append(kind.rawValue)
            buffer.append(bigEndian: UInt32(content.count + 4))
            buffer.append(content)
        }
    }

    private func row(_ columns: [[UInt8]]) -> [UInt8] {
        message(
            .dataRow,
            written { buffer in
                buffer.append(bigEndian: UInt16(columns.count))
                for column in columns {
                    buffer.append(bigEndian: UInt32(column.count))
                    buffer.append(column)
                }
            })
    }

    @Test func `rows and what is around them, wherever the bytes were cut`() throws {
        let id = written { $0.append(bigEndian: Int64(-5)) }
        let sent =
            message(.bindComplete, []) + row([id, Array("body".utf8)])
            + message(.commandComplete, Array("UPDATE 1\0".utf8)) + message(.readyForQuery, [0x49])
        let read = try atEveryCut(sent) { bytes, values in
            var reader = PostgresReader(bytes)
            while let message = try reader.next() {
                guard message.kind == .dataRow else {
                    values.append("\(message.kind)")
                    continue
                }
                let (id, body) = try reader.columns(2, of: message.content)
                values.append("\(bytes.bigEndian(Int64.self, at: id.lowerBound)) \(bytes.text(body))")
            }
            return reader.offset
        }
        let expected = ["bindComplete", "-5 body", "commandComplete", "readyForQuery"]
        #expect(read.allSatisfy { $0 == expected })
    }

    @Test func `an error is thrown with its message`() throws {
        let sent = message(.error, Array("SERROR\0C42P01\0Mno such table\0\0".utf8))
        try reading(sent) { bytes in
            var reader = PostgresReader(bytes)
            #expect(throws: PeerError("PostgreSQL: no such table")) { try reader.next() }
        }
    }

    @Test func `a row with a NULL, or with other columns, is refused`() throws {
        let null = message(.dataRow, [0, 1, 0xff, 0xff, 0xff, 0xff])
        for (sent, count) in [(null, 1), (row([[1]]), 2), (message(.dataRow, [0, 1, 0, 0, 0, 9, 1]), 1)] {
            try reading(sent) { bytes in
                var reader = PostgresReader(bytes)
                let message = try #require(try reader.next())
                #expect(throws: PeerError.self) { try reader.columns(count, of: message.content) }
            }
        }
    }

    @Test func `start-up, query and sync, byte for byte`() {
        let bytes = written { buffer in
            buffer.appendStartup(user: "u", database: "d")
            buffer.appendQuery("S")
            buffer.appendSync()
        }
        let startup: [UInt8] = [0, 0, 0, 27, 0, 3, 0, 0] + Array("user\0u\0database\0d\0\0".utf8)
        #expect(bytes == startup + [0x51, 0, 0, 0, 6, 0x53, 0] + [0x53, 0, 0, 0, 4])
    }

    @Test func `an array is bound in binary with its length`() {
        let bytes = written { buffer in
            buffer.appendExecute(UInt8(ascii: "d"), parameters: 1) {
                buffer.appendArray(elementType: PostgresConnection.int8, count: 1)
                buffer.append(bigEndian: UInt32(8))
                buffer.append(bigEndian: Int64(9))
            }
        }
        let array: [UInt8] =
            [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 1]
            + [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9]
        let bind: [UInt8] = [0, 0x64, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 32] + array + [0, 1, 0, 1]
        #expect(bytes == [0x42, 0, 0, 0, UInt8(4 + bind.count)] + bind + [0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0])
    }
}
