# SPDX-License-Identifier: Apache-2.0
"""Logos and covers of the demo, drawn pixel by pixel and written as PNG: no image library, no binary in git."""
import math
import struct
import zlib


def png(width, height, pixel):
    """A PNG of WIDTH × HEIGHT whose colours PIXEL(x, y) gives as (r, g, b, a), 0 to 255."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes(pixel(x, y))

    def chunk(kind, data):
        body = kind + data
        return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))

    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 6, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(bytes(rows), 9)) + chunk(b'IEND', b''))


def rgb(color):
    return tuple(int(color[i:i + 2], 16) for i in (1, 3, 5))


def mix(a, b, part):
    return tuple(round(x + (y - x) * part) for x, y in zip(a, b))


def clamp(value):
    return max(0.0, min(1.0, value))


WHITE = (255, 255, 255)
BLACK = (10, 16, 26)


def logo(color, picture, size=192):
    """A rounded square in COLOR with a mark in white."""
    base = rgb(color)
    half = size / 2
    radius = size * 0.22

    def mark(u, v):
        """How far inside the mark (u, v) in -1..1 lies; 0 is its edge."""
        if picture == 'waves':
            return max(0.09 - abs(v - level - 0.13 * math.sin(u * 5.2)) for level in (-0.34, 0, 0.34)) if abs(u) < 0.62 else -1
        if picture == 'rings':
            distance = math.hypot(u, v)
            return max(0.085 - abs(distance - ring) for ring in (0.6, 0.3))
        if picture == 'tiles':
            return max(0.2 - max(abs(u - a), abs(v - b)) for a in (-0.3, 0.3) for b in (-0.3, 0.3)
                       if (a, b) != (0.3, -0.3))
        angle = math.atan2(v, u)  # an impeller
        distance = math.hypot(u, v)
        blade = math.cos(5 * (angle - 1.6 * distance))
        return min(0.66 - distance, distance - 0.2, (blade - 0.1) * 0.25)

    def pixel(x, y):
        dx, dy = abs(x + 0.5 - half), abs(y + 0.5 - half)
        corner = math.hypot(max(dx - half + radius, 0), max(dy - half + radius, 0))
        alpha = clamp(radius - corner + 0.5)
        shade = mix(mix(base, WHITE, 0.12), mix(base, BLACK, 0.18), (x + y) / (2 * size))
        ink = clamp(mark((x + 0.5 - half) / half, (y + 0.5 - half) / half) * half + 0.5)
        return (*mix(shade, WHITE, ink), round(255 * alpha))

    return png(size, size, pixel)


def cover(color, picture, width=1200, height=360):
    """A calm picture in shades of COLOR, dark enough for white words on it."""
    base = mix(rgb(color), BLACK, 0.25)
    dark = mix(base, BLACK, 0.55)
    light = mix(base, WHITE, 0.16)

    def pixel(x, y):
        u, v = x / width, y / height
        shade = mix(base, dark, clamp(0.75 * u + 0.25 * v))
        if picture == 'waves':
            for step in range(4):
                level = 0.45 + 0.16 * step + 0.09 * math.sin(u * 7 + step * 1.4)
                if v > level:
                    shade = mix(shade, light, 0.16)
        elif picture == 'rings':
            distance = math.hypot((u - 0.82) * width, (v - 0.5) * height)
            shade = mix(shade, light, 0.35 * clamp(1.5 - abs(distance % 90 - 45) / 14) * clamp(1.2 - distance / 520))
        else:
            row, column = int(y // 60), int(x // 60)
            chance = ((row * 7 + column * 13) * 2654435761 % 1000) / 1000
            shade = mix(shade, light, 0.5 * chance * clamp(u * 1.5 - 0.35))
        return (*shade, 255)

    return png(width, height, pixel)


def photograph(color, width=480, height=360, wet=True):
    """Something like a photograph of a flange, with a WET spot, in the light of COLOR."""
    base = rgb(color)

    def pixel(x, y):
        u, v = (x - width * 0.52) / height, (y - height * 0.5) / height
        distance, angle = math.hypot(u, v), math.atan2(v, u)
        grain = ((x * 73856093 ^ y * 19349663) % 997) / 997
        shade = mix(mix(base, BLACK, 0.55), mix(base, WHITE, 0.35), clamp(0.5 - 0.6 * v + 0.25 * u))
        if distance < 0.42:  # the flange, with eight bolts
            shade = mix((128, 134, 140), (214, 219, 224), clamp(0.5 + 0.5 * math.cos(angle - 0.9) - distance))
            bolt = math.hypot(distance - 0.34, 0.34 * (((angle * 8 / math.tau) % 1) - 0.5) * math.tau / 8)
            if bolt < 0.032:
                shade = mix(shade, BLACK, 0.6)
        if distance < 0.19:
            shade = mix(shade, BLACK, 0.75 - distance)
        drip = abs(u - 0.02 * math.sin(v * 26)) - 0.012
        if wet and v > 0.1 and drip < 0.02:
            shade = mix(shade, (38, 32, 20), clamp(0.8 - drip * 40))
        return (*mix(shade, WHITE if grain > 0.5 else BLACK, 0.05 * grain), 255)

    return png(width, height, pixel)
