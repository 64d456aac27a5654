import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.DefaultRecord;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.LegacyRecord;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.Time;
import org.xerial.snappy.Snappy;

/**
 * Record batches and message sets of every format, codec and shape, made by Kafka's own classes and
 * read back by them. Without arguments: one line of JSON a case on standard output. With "read" and
 * a file of lines {"name", "bytes"}: each line again, with what Kafka's classes read in the bytes.
 */
public final class RecordsGolden {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long T = 1_700_000_000_000L;
  private static final long APPEND_TIME = 1_800_000_000_000L;
  private static final int LARGE_BYTES = 70_000;
  private static final long PRODUCER = 4711;
  private static final short EPOCH = 3;
  private static final int LEADER_EPOCH = 7;
  private static final int NO_EPOCH = RecordBatch.NO_PARTITION_LEADER_EPOCH;
  private static final Header[] NO_HEADERS = {};

  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals("read")) {
      for (String line : Files.readAllLines(Path.of(args[1]))) {
        ObjectNode node = (ObjectNode) JSON.readTree(line);
        read(node, ByteBuffer.wrap(HexFormat.of().parseHex(node.get("bytes").asText())));
        System.out.println(node);
      }
      return;
    }
    for (byte magic = 0; magic <= 2; ++magic) {
      for (CompressionType codec : CompressionType.values()) {
        if (magic < 2 && codec == CompressionType.ZSTD) {
          continue; // came with format 2
        }
        new RecordsGolden(magic, codec).cases();
      }
    }
    controlCases();
    emit("mixed magics", concat(
        new RecordsGolden(0, CompressionType.GZIP).build(0, text(3)),
        new RecordsGolden(1, CompressionType.NONE).build(3, text(3)),
        new RecordsGolden(1, CompressionType.LZ4).build(6, text(3)),
        new RecordsGolden(2, CompressionType.SNAPPY).build(9, text(3)),
        new RecordsGolden(0, CompressionType.NONE).build(12, text(2))));
  }

  private final byte magic;
  private final CompressionType codec;
  private final Compression compression;

  private RecordsGolden(int magic, CompressionType codec) {
    this.magic = (byte) magic;
    this.codec = codec;
    this.compression = Compression.of(codec).build();
  }

  private void cases() throws Exception {
    put("one", build(0, record(T, "key", "value")));
    put("many", build(1000, text(40)));
    put("nulls", build(5, nulls()));
    put("empty", build(6, record(T, "", ""), record(T + 1, "", "v"), record(T + 2, "k", "")));
    put("large", build(1L << 40, record(T, "k1", "before"),
        new SimpleRecord(T, bytes("k2"), large(), NO_HEADERS), record(T, "k3", "behind")));
    put("last offsets", build(Long.MAX_VALUE - 10, text(3)));
    put("holes", filter(build(1000, text(40)), "DELETE_EMPTY", 3));
    MemoryRecords several = concat(build(20, text(3)), build(23, nulls()), build(90, text(5)));
    put("several", several);
    put("several, cut", head(several, several.sizeInBytes() - 10));
    put("several, cut in the header", concat(several, head(several, 9)));
    if (magic >= 1) {
      put("no timestamps", build(0, record(-1, "k", "v"), record(-1, "l", "w")));
      put("some timestamps",
          build(0, record(-1, "k", "v"), record(T, "l", "w"), record(-1, "m", "x")));
      MemoryRecords appended = build(TimestampType.LOG_APPEND_TIME, 7, text(5));
      put("append time", appended);
      put("append time, holes", filter(appended, "DELETE_EMPTY", 2));
    }
    if (magic < 2 && codec != CompressionType.NONE) {
      MemoryRecords inner = uncompressed(magic).build(0, text(4));
      put("truncated inner message", wrapper(head(inner, inner.sizeInBytes() - 5), 3));
      put("messages of the other format", wrapper(uncompressed(1 - magic).build(0, text(4)), 3));
    }
    if (magic == 1 && codec != CompressionType.NONE) {
      ByteBuffer bytes = copy(build(0, text(4)));
      put("wrapper offset 0", MemoryRecords.readableRecords(bytes.putLong(0, 0)));
    }
    if (magic == 2) {
      casesOfFormat2();
    }
    if (codec == CompressionType.SNAPPY && magic == 1) {
      byte[] inner = copy(uncompressed(magic).build(0, text(4))).array();
      put("without xerial's framing", wrap(Snappy.compress(inner), 103));
    }
  }

  private void casesOfFormat2() throws Exception {
    Header[] headers = {header("h", "x"), header("g", null), header("h", "again"), header("", "")};
    put("headers", build(50, new SimpleRecord(T, bytes("k"), bytes("v"), headers),
        new SimpleRecord(T, bytes("k"), null, new Header[] {header("only", null)})));
    put("before 1970", negativeTimestamps());
    put("idempotent", build(false, 100, Integer.MAX_VALUE - 1, text(5)));
    MemoryRecords transactional = build(true, 100, 42, text(5));
    put("transactional", transactional);
    put("transactional, holes", filter(transactional, "DELETE_EMPTY", 2));
    put("all deleted", filter(transactional, "RETAIN_EMPTY", 1));
    put("all deleted, append time",
        filter(build(TimestampType.LOG_APPEND_TIME, 7, text(5)), "RETAIN_EMPTY", 1));
    MemoryRecords horizon = filter(build(5, nulls()), "DELETE_EMPTY", 99);
    put("delete horizon", horizon);
    put("delete horizon, holes", filter(horizon, "DELETE_EMPTY", 3));
    put("delete horizon, append time",
        filter(build(TimestampType.LOG_APPEND_TIME, 5, nulls()), "DELETE_EMPTY", 99));
  }

  private static void controlCases() throws Exception {
    MemoryRecords abort = marker(105, ControlRecordType.ABORT);
    MemoryRecords commit = marker(111, ControlRecordType.COMMIT);
    emit("abort", abort);
    emit("commit", commit);
    RecordsGolden lz4 = new RecordsGolden(2, CompressionType.LZ4);
    emit("two transactions",
        concat(lz4.build(true, 100, 0, text(5)), abort, lz4.build(true, 106, 5, text(5)), commit));
    emit("marker deleted", lz4.filter(commit, "RETAIN_EMPTY", 1));
    emit("marker with a delete horizon", lz4.filter(commit, "marker", 99));
    emit("leader change", MemoryRecords.withLeaderChangeMessage(8, T, LEADER_EPOCH,
        ByteBuffer.allocate(256), new LeaderChangeMessage().setLeaderId(1)));
  }

  // --- Records ---

  private static SimpleRecord record(long timestamp, String key, String value) {
    return new SimpleRecord(timestamp, bytes(key), bytes(value), NO_HEADERS);
  }

  // Not in the order of time.
  private static SimpleRecord[] text(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> record(T + i * 37 % 11 - 5, "key" + i % 7, "value " + i + " ".repeat(i)))
        .toArray(SimpleRecord[]::new);
  }

  private static SimpleRecord[] nulls() {
    return new SimpleRecord[] {
      record(T, null, "v"), record(T + 1, "k", null), record(T + 2, null, null), record(T, "l", "w")
    };
  }

  // Compresses, but not to nothing.
  private static byte[] large() {
    byte[] value = new byte[LARGE_BYTES];
    for (int i = 0; i < value.length; ++i) {
      value[i] = (byte) (i % 251 * (i / 5000));
    }
    return value;
  }

  private static Header header(String key, String value) {
    return new RecordHeader(key, bytes(value));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  // --- Batches ---

  private static RecordsGolden uncompressed(int magic) {
    return new RecordsGolden(magic, CompressionType.NONE);
  }

  private MemoryRecords build(long baseOffset, SimpleRecord... records) {
    return build(TimestampType.CREATE_TIME, baseOffset, records);
  }

  private MemoryRecords build(TimestampType type, long baseOffset, SimpleRecord... records) {
    TimestampType ours = magic == 0 ? TimestampType.NO_TIMESTAMP_TYPE : type;
    return fill(records, MemoryRecords.builder(ByteBuffer.allocate(512), magic, compression, ours,
        baseOffset, APPEND_TIME, magic < 2 ? NO_EPOCH : LEADER_EPOCH));
  }

  private MemoryRecords build(
      boolean transactional, long baseOffset, int baseSequence, SimpleRecord... records) {
    return fill(records, MemoryRecords.builder(ByteBuffer.allocate(512), magic, compression,
        TimestampType.CREATE_TIME, baseOffset, RecordBatch.NO_TIMESTAMP, PRODUCER, EPOCH,
        baseSequence, transactional, LEADER_EPOCH));
  }

  private static MemoryRecords fill(SimpleRecord[] records, MemoryRecordsBuilder builder) {
    Arrays.stream(records).forEach(builder::append);
    return builder.build();
  }

  private static MemoryRecords marker(long offset, ControlRecordType type) {
    return MemoryRecords.withEndTransactionMarker(
        offset, T, LEADER_EPOCH, PRODUCER, EPOCH, new EndTransactionMarker(type, 9));
  }

  // 5, -2 and -9: the builder refuses such times, other clients do not.
  private MemoryRecords negativeTimestamps() throws IOException {
    ByteBufferOutputStream stream = new ByteBufferOutputStream(512);
    stream.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
    try (DataOutputStream out =
        new DataOutputStream(compression.wrapForOutput(stream, RecordBatch.MAGIC_VALUE_V2))) {
      for (int i = 0; i < 3; ++i) {
        ByteBuffer value = ByteBuffer.wrap(bytes("v" + i));
        DefaultRecord.writeTo(out, i, -7L * i, null, value, NO_HEADERS);
      }
    }
    ByteBuffer bytes = stream.buffer();
    int size = bytes.position();
    bytes.position(0);
    DefaultRecordBatch.writeHeader(bytes, 30, 2, size, magic, codec, TimestampType.CREATE_TIME,
        5, 5, -1, (short) -1, -1, false, false, false, LEADER_EPOCH, 3);
    return MemoryRecords.readableRecords(bytes.position(0).limit(size));
  }

  // A message whose value is a message set, compressed.
  private MemoryRecords wrapper(MemoryRecords inner, long offset) throws IOException {
    ByteBufferOutputStream stream = new ByteBufferOutputStream(512);
    try (OutputStream out = compression.wrapForOutput(stream, magic)) {
      out.write(copy(inner).array());
    }
    return wrap(Arrays.copyOf(stream.buffer().array(), stream.position()), offset);
  }

  private MemoryRecords wrap(byte[] compressed, long offset) {
    int size = LegacyRecord.recordSize(magic, 0, compressed.length);
    ByteBuffer bytes = ByteBuffer.allocate(12 + size).putLong(offset).putInt(size);
    bytes.position(bytes.capacity() - compressed.length);
    bytes.put(compressed).position(12);
    LegacyRecord.writeCompressedRecordHeader(
        bytes, magic, size, T + 5, codec, TimestampType.CREATE_TIME);
    return MemoryRecords.readableRecords(bytes.rewind());
  }

  private static ByteBuffer copy(MemoryRecords records) {
    ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes());
    return bytes.put(records.buffer()).rewind();
  }

  private static MemoryRecords head(MemoryRecords records, int size) {
    return MemoryRecords.readableRecords(copy(records).limit(size).slice());
  }

  private static MemoryRecords concat(MemoryRecords... all) {
    int size = Arrays.stream(all).mapToInt(MemoryRecords::sizeInBytes).sum();
    ByteBuffer bytes = ByteBuffer.allocate(size);
    Arrays.stream(all).forEach(records -> bytes.put(records.buffer()));
    return MemoryRecords.readableRecords(bytes.flip());
  }

  // What compaction leaves: all records but those whose offset is a multiple of `every`.
  private MemoryRecords filter(MemoryRecords records, String retention, int every)
      throws ReflectiveOperationException {
    boolean isMarker = retention.equals("marker");
    var batches =
        MemoryRecords.RecordFilter.BatchRetention.valueOf(isMarker ? "DELETE_EMPTY" : retention);
    MemoryRecords.RecordFilter filter =
        new MemoryRecords.RecordFilter(T + 1000, 86_400_000) {
          @Override
          protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
            return new BatchRetentionResult(batches, isMarker);
          }

          @Override
          protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
            return record.offset() % every != 0;
          }
        };
    ByteBuffer out = ByteBuffer.allocate(1 << 16);
    for (Method method : MemoryRecords.class.getMethods()) {
      if (method.getName().equals("filterTo")) {
        Object[] arguments =
            Arrays.stream(method.getParameterTypes()).map(t -> argument(t, filter, out)).toArray();
        method.invoke(records, arguments);
      }
    }
    return MemoryRecords.readableRecords(out.flip());
  }

  // 4.0 took the partition and the largest batch away from filterTo.
  private static Object argument(Class<?> type, Object filter, ByteBuffer out) {
    return switch (type.getSimpleName()) {
      case "TopicPartition" -> new TopicPartition("golden", 0);
      case "RecordFilter" -> filter;
      case "ByteBuffer" -> out;
      case "int" -> Integer.MAX_VALUE;
      case "BufferSupplier" -> BufferSupplier.NO_CACHING;
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  // --- JSON ---

  private void put(String shape, MemoryRecords records) throws Exception {
    emit("format " + magic + ", " + codec.name + ", " + shape, records);
  }

  private static void emit(String name, MemoryRecords records) throws Exception {
    ObjectNode line = JSON.createObjectNode().put("name", name).put("bytes", hex(records.buffer()));
    read(line, copy(records));
    MemoryRecords converted = downConvert(records);
    if (converted != null) {
      line.put("format1", hex(converted.buffer()));
    }
    System.out.println(line);
  }

  // To format 1. None for zstd, and none from 4.0 on.
  private static MemoryRecords downConvert(MemoryRecords records) throws Exception {
    try {
      Method method =
          MemoryRecords.class.getMethod("downConvert", byte.class, long.class, Time.class);
      Object converted = method.invoke(records, (byte) 1, 0L, Time.SYSTEM);
      return (MemoryRecords) converted.getClass().getMethod("records").invoke(converted);
    } catch (NoSuchMethodException | InvocationTargetException refused) {
      return null;
    }
  }

  private static void read(ObjectNode line, ByteBuffer bytes) {
    MemoryRecords records = MemoryRecords.readableRecords(bytes);
    line.put("validBytes", records.validBytes());
    ArrayNode batches = line.putArray("batches");
    for (RecordBatch batch : records.batches()) {
      batch.ensureValid();
      describe(batch, batches.addObject());
    }
  }

  private static void describe(RecordBatch batch, ObjectNode node) {
    node.put("size", batch.sizeInBytes()).put("magic", batch.magic());
    node.put("codec", batch.compressionType().name).put("crc", batch.checksum());
    node.put("baseOffset", batch.baseOffset()).put("lastOffset", batch.lastOffset());
    node.put("timestampType", batch.timestampType().name);
    node.put("maxTimestamp", batch.maxTimestamp()).put("leaderEpoch", batch.partitionLeaderEpoch());
    node.put("producerId", batch.producerId()).put("producerEpoch", batch.producerEpoch());
    node.put("baseSequence", batch.baseSequence()).put("transactional", batch.isTransactional());
    node.put("control", batch.isControlBatch());
    batch.deleteHorizonMs().ifPresent(horizon -> node.put("deleteHorizon", horizon));
    ArrayNode records = node.putArray("records");
    for (Record record : batch) {
      record.ensureValid();
      ObjectNode fields = records.addObject();
      fields.put("offset", record.offset()).put("timestamp", record.timestamp());
      fields.put("key", hex(record.key())).put("value", hex(record.value()));
      ArrayNode headers = fields.putArray("headers");
      for (Header header : record.headers()) {
        byte[] value = header.value();
        headers.addArray().add(hex(ByteBuffer.wrap(bytes(header.key()))))
            .add(value == null ? null : hex(ByteBuffer.wrap(value)));
      }
    }
  }

  private static String hex(ByteBuffer bytes) {
    if (bytes == null) {
      return null;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }
}
